// SPDX-License-Identifier: MIT
/// A Clock policy for tests, which stands still until the test advances it. Copies show the same
/// time.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>

#include <arc_identity/core/detail/config.hpp>

ARC_IDENTITY_BEGIN
namespace testing {

/// A clock that the test advances, from any thread.
class manual_clock {
 public:
  /// The wall clock starts at `unix_time`, the monotonic one at an arbitrary moment.
  explicit manual_clock(std::chrono::seconds unix_time = std::chrono::seconds(1'790'000'000))
      : state_(std::make_shared<state>()) {
    set_unix_time(unix_time);
  }

  /// The monotonic clock.
  std::chrono::milliseconds now() const { return std::chrono::milliseconds(state_->now); }
  /// The wall clock.
  std::chrono::seconds unix_time() const {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::milliseconds(state_->unix_time));
  }
  /// Does not sleep: advances both clocks at once.
  void sleep_for(std::chrono::milliseconds time) {
    state_->slept += time.count();
    advance(time);
  }

  /// Advances both clocks.
  void advance(std::chrono::milliseconds time) {
    state_->now += time.count();
    state_->unix_time += time.count();
  }

  /// Sets the wall clock only.
  void set_unix_time(std::chrono::seconds time) {
    state_->unix_time = std::chrono::milliseconds(time).count();
  }

  /// The sum of all `sleep_for` times so far.
  std::chrono::milliseconds slept() const { return std::chrono::milliseconds(state_->slept); }

 private:
  struct state {
    std::atomic<std::int64_t> now{1'000'000};
    std::atomic<std::int64_t> unix_time{0};  ///< In milliseconds, like the others.
    std::atomic<std::int64_t> slept{0};
  };
  std::shared_ptr<state> state_;
};

}  // namespace testing
ARC_IDENTITY_END
