// SPDX-License-Identifier: MIT
//
// A log on standard error with a limited number of lines per second.

#ifndef ARC_IDENTITY_CLI_SERVE_REFUSAL_LOG_HPP
#define ARC_IDENTITY_CLI_SERVE_REFUSAL_LOG_HPP

#include <chrono>
#include <cstdio>
#include <mutex>
#include <string>

namespace arc_identity_cli {

class refusal_log {
 public:
  static constexpr int most_per_second = 20;

  explicit refusal_log(std::FILE* to = stderr) : to_(to) {}

  /// `text` must not contain control characters.
  void write(const std::string& text) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (now - begin_ >= std::chrono::seconds(1)) {
      if (count_ > most_per_second) {
        std::fprintf(to_, "arc-identity: %d more lines omitted\n", count_ - most_per_second);
      }
      begin_ = now;
      count_ = 0;
    }
    if (++count_ <= most_per_second) std::fprintf(to_, "arc-identity: %s\n", text.c_str());
  }

 private:
  std::FILE* const to_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point begin_{};
  int count_ = 0;
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SERVE_REFUSAL_LOG_HPP
