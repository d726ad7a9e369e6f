// SPDX-License-Identifier: MIT
/// Ends the program if a test with many threads makes no progress, so that a deadlock is reported
/// as a failure of that test.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

class watchdog {
 public:
  explicit watchdog(const char* what, std::chrono::seconds patience = std::chrono::seconds(60))
      : thread_([this, what, patience] {
          std::unique_lock<std::mutex> guard(mutex_);
          if (over_.wait_for(guard, patience, [this] { return is_over_; })) return;
          std::fprintf(stderr, "%s: not over after %lld s; a deadlock?\n", what,
                       static_cast<long long>(patience.count()));
          std::_Exit(1);
        }) {}
  ~watchdog() {
    {
      const std::lock_guard<std::mutex> guard(mutex_);
      is_over_ = true;
    }
    over_.notify_all();
    thread_.join();
  }
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable over_;
  bool is_over_ = false;
  std::thread thread_;  // The last member: it uses the others.
};
