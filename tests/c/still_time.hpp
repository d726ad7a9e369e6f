// SPDX-License-Identifier: MIT
/// Time that passes for the C interface only when a test advances it; see still_time.cpp.
#pragma once

#include <chrono>

/// While this object exists, the clocks do not advance. Not for tests in which a thread waits for
/// another one's fetch, because such a wait uses the system's clock.
class still_time {
 public:
  still_time();
  ~still_time();
  still_time(const still_time&) = delete;
  still_time& operator=(const still_time&) = delete;

  void advance(std::chrono::milliseconds time);
};
