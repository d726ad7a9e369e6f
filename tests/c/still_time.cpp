// SPDX-License-Identifier: MIT
//
// Replaces the clocks of the C interface: the linker redirects calls of clock_gettime from this
// program's own files to this function (--wrap).

#include "still_time.hpp"

#include <ctime>

#include <atomic>
#include <cstdint>

namespace {

std::atomic<bool> stands_still{false};
std::atomic<std::int64_t> milliseconds{0};

}  // namespace

extern "C" {

int __real_clock_gettime(clockid_t id, timespec* time);
int __wrap_clock_gettime(clockid_t id, timespec* time);

int __wrap_clock_gettime(clockid_t id, timespec* time) {
  if (!stands_still) return __real_clock_gettime(id, time);
  const std::int64_t now = milliseconds;  // of each clock
  time->tv_sec = static_cast<time_t>(now / 1000);
  time->tv_nsec = static_cast<decltype(time->tv_nsec)>(now % 1000 * 1'000'000);
  return 0;
}

}  // extern "C"

still_time::still_time() {
  milliseconds = 1'000'000;
  stands_still = true;
}
still_time::~still_time() { stands_still = false; }

void still_time::advance(std::chrono::milliseconds time) { milliseconds += time.count(); }
