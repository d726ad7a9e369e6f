// SPDX-License-Identifier: MIT
/// The Clock policy on POSIX.
#pragma once

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>

#include <time.h>

#include <arc_identity/core/detail/config.hpp>

ARC_IDENTITY_BEGIN
namespace system {

/// A Clock; see core/policies.hpp.
class clock {
 public:
  /// Includes the time that the machine sleeps, if the system has such a clock (Linux); precise to
  /// a few milliseconds. It is read before each use of a cached token, so it reads coarse clocks,
  /// which are fast. The coarse monotonic clock stops during sleep, but the wall clock does not:
  /// when the two have moved apart, the time slept is measured again.
  std::chrono::milliseconds now() const noexcept {
#if defined(CLOCK_BOOTTIME) && defined(CLOCK_MONOTONIC_COARSE) && defined(CLOCK_REALTIME_COARSE)
    const std::int64_t monotonic = read(CLOCK_MONOTONIC_COARSE);
    const std::int64_t offset = read(CLOCK_REALTIME_COARSE) - monotonic;
    const std::int64_t change = offset - known_offset().load(std::memory_order_acquire);
    if (change > 1000 || change < -1000) {
      measure_sleep();
      known_offset().store(offset, std::memory_order_release);
    }
    return std::chrono::milliseconds(monotonic + slept().load(std::memory_order_relaxed));
#else
    return std::chrono::milliseconds(read(CLOCK_MONOTONIC));
#endif
  }

  /// The wall clock, since 1970.
  std::chrono::seconds unix_time() const noexcept { return std::chrono::seconds(::time(nullptr)); }

  /// Sleeps for the whole time, even if signals arrive.
  void sleep_for(std::chrono::milliseconds time) const noexcept {
    timespec left{};
    left.tv_sec = static_cast<time_t>(time.count() / 1000);
    left.tv_nsec = static_cast<decltype(left.tv_nsec)>(time.count() % 1000 * 1'000'000);
    while (::nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
  }

 private:
  /// In milliseconds.
  static std::int64_t read(clockid_t id) noexcept {
    timespec time{};
    ::clock_gettime(id, &time);
    return std::int64_t{time.tv_sec} * 1000 + time.tv_nsec / 1'000'000;
  }

#if defined(CLOCK_BOOTTIME)
  /// The two clocks are not read at the same moment, so the result is slightly too large. It never
  /// decreases.
  static void measure_sleep() noexcept {
    const std::int64_t sum = read(CLOCK_BOOTTIME) - read(CLOCK_MONOTONIC);
    std::int64_t known = slept().load(std::memory_order_relaxed);
    while (sum > known && !slept().compare_exchange_weak(known, sum, std::memory_order_relaxed)) {
    }
  }
#endif

  /// How far the wall clock was ahead of the monotonic one when `slept` was last measured.
  static std::atomic<std::int64_t>& known_offset() noexcept {
    static std::atomic<std::int64_t> value{INT64_MIN / 2};
    return value;
  }
  /// How long the machine has slept since it was started.
  static std::atomic<std::int64_t>& slept() noexcept {
    static std::atomic<std::int64_t> value{0};
    return value;
  }
};

}  // namespace system
ARC_IDENTITY_END
