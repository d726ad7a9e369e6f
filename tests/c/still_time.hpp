// SPDX-License-Identifier: MIT
/// Time that passes for the C interface only when a test advances it; see still_time.cpp.
#pragma once

#include <chrono>

/// While the object exists, the clocks do not advance. For tests in which no thread waits for
/// another one's fetch: such a wait uses the system's clock.
class still_time {
 public:
  still_time();
  ~still_time();
  still_time(const still_time&) = delete;
  still_time& operator=(const still_time&) = delete;

  void advance(std::chrono::milliseconds time);
};
