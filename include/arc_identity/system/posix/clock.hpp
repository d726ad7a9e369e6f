// SPDX-License-Identifier: MIT
/// Clock of a POSIX system.
#pragma once

#include <cerrno>
#include <chrono>

#include <time.h>

#include <arc_identity/core/config.hpp>

ARC_IDENTITY_BEGIN
namespace system {

class clock {
 public:
  /// Counts while the machine sleeps, too, where the system has such a clock (Linux).
  std::chrono::milliseconds now() const noexcept {
#if defined(CLOCK_BOOTTIME)
    constexpr clockid_t id = CLOCK_BOOTTIME;
#else
    constexpr clockid_t id = CLOCK_MONOTONIC;
#endif
    timespec time{};
    ::clock_gettime(id, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::milliseconds(time.tv_nsec / 1'000'000);
  }

  std::chrono::seconds unix_time() const noexcept { return std::chrono::seconds(::time(nullptr)); }

  void sleep_for(std::chrono::milliseconds time) const noexcept {
    timespec left{};
    left.tv_sec = static_cast<time_t>(time.count() / 1000);
    left.tv_nsec = static_cast<decltype(left.tv_nsec)>(time.count() % 1000 * 1'000'000);
    while (::nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
  }
};

}  // namespace system
ARC_IDENTITY_END
