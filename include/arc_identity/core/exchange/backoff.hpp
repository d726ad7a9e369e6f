// SPDX-License-Identifier: MIT
/// How long to wait before trying again: exponential back-off with jitter, so that many processes
/// that were turned away together do not come back together.
#pragma once

#include <chrono>
#include <cstdint>

#include <arc_identity/core/detail/config.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// A wait, of 24 days at most.
using brief_time = std::chrono::duration<std::int32_t, std::milli>;

class backoff {
 public:
  /// `random` should differ from process to process.
  void seed(std::uint32_t random) noexcept { random_ = random | 1; }

  /// The wait before try number `attempt` (the first retry is 1): at most 200 ms, doubled each time
  /// up to 6.4 s. Anything from 1 ms on, for the spread is what lets many through.
  brief_time wait(unsigned attempt) noexcept {
    const std::uint32_t longest = 200U << (attempt < 6 ? attempt - 1 : 5);
    return brief_time(static_cast<std::int32_t>(1 + next_random() % longest));
  }

 private:
  /// xorshift32 (Marsaglia, 2003).
  std::uint32_t next_random() noexcept {
    random_ ^= random_ << 13;
    random_ ^= random_ >> 17;
    random_ ^= random_ << 5;
    return random_;
  }

  std::uint32_t random_ = 1;
};

/// What of `wait` there is time for where `left` is left: the part that was `asked` for is binding,
/// of the rest half of what is left then will do, so that time stays for the attempt; but 200 ms,
/// not to press. Where it is not less than `left`, there is no time. Never more than `wait`.
constexpr std::chrono::milliseconds fitting_wait(std::chrono::milliseconds wait,
                                                 std::chrono::milliseconds asked,
                                                 std::chrono::milliseconds left) noexcept {
  constexpr std::chrono::milliseconds shortest{200};
  std::chrono::milliseconds own = (left - asked) / 2;
  if (own < shortest) own = shortest;
  return wait - asked < own ? wait : asked + own;
}

}  // namespace detail
ARC_IDENTITY_END
