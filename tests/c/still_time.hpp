// SPDX-License-Identifier: MIT
/// Time that passes for the C interface only when a test says so; see still_time.cpp.
#pragma once

#include <chrono>

/// As long as the object lives, the clocks stand still. For tests in which nobody waits for another
/// thread's fetch: such a wait ends by the system's clock.
class still_time {
 public:
  still_time();
  ~still_time();
  still_time(const still_time&) = delete;
  still_time& operator=(const still_time&) = delete;

  void advance(std::chrono::milliseconds time);
};
