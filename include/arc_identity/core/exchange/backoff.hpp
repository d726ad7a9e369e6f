// SPDX-License-Identifier: MIT
/// How long to wait before trying again: exponential back-off with jitter, so that processes that
/// failed at the same time do not retry at the same time.
#pragma once

#include <cstdint>

#include <arc_identity/core/detail/config.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

class backoff {
 public:
  /// `random` should differ from process to process.
  void seed(std::uint32_t random) noexcept { random_ = random; }

  /// The wait in milliseconds before try number `attempt` (the first retry is 1): at most 200,
  /// doubled each time up to 6.4 s. It may be as short as 1 ms: the wide spread lets many processes
  /// through.
  std::uint32_t wait(unsigned attempt) noexcept {
    const std::uint32_t longest = 200U << (attempt < 6 ? attempt - 1 : 5);
    return 1 + next_random() % longest;
  }

 private:
  /// xorshift32 (Marsaglia, 2003).
  std::uint32_t next_random() noexcept {
    random_ |= 1;  // Never 0.
    random_ ^= random_ << 13;
    random_ ^= random_ >> 17;
    random_ ^= random_ << 5;
    return random_;
  }

  std::uint32_t random_ = 0;
};

/// How much of `wait` fits into the time `left`, in milliseconds: all that the peer `asked` for,
/// and of the rest at most half of the time that remains then, or 200 ms if that is more, to spare
/// the peer. A result of `left` or more does not fit: less than 100 ms would remain for an attempt,
/// which would end without the peer's answer.
constexpr std::uint32_t fitting_wait(std::uint32_t wait, std::uint32_t asked,
                                     std::uint32_t left) noexcept {
  constexpr std::uint32_t shortest = 200;
  constexpr std::uint32_t attempt = 100;
  const std::uint32_t half = asked < left ? (left - asked) / 2 : 0;
  const std::uint32_t own = half < shortest ? shortest : half;
  const std::uint32_t fitting = wait - asked < own ? wait : asked + own;
  return fitting < left && left - fitting < attempt ? left : fitting;
}

}  // namespace detail
ARC_IDENTITY_END
