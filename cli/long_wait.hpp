// SPDX-License-Identifier: MIT
//
// Shows the user of a terminal what a command is waiting for when that takes longer than a second.

#ifndef ARC_IDENTITY_CLI_LONG_WAIT_HPP
#define ARC_IDENTITY_CLI_LONG_WAIT_HPP

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include <arc_identity/core/options.hpp>

namespace arc_identity_cli {

struct agent_options;

/// From construction to destruction, keeps one line on standard error: what it is waiting for, the
/// attempt, the time left. Nothing is shown in the first second, if standard error is not a
/// terminal, or with --quiet or --verbose.
class long_wait {
 public:
  /// Sets the observer of `settings`, unless nothing is shown. Must outlive the client made with
  /// them. `other` is what is waited for before the agent is contacted and after it has answered;
  /// static, or null for nothing.
  long_wait(const agent_options& given, arc_identity::options& settings,
            const char* other = nullptr);

  /// Erases the line.
  ~long_wait();

  /// An observer for requests to a vault. Its context must be this object.
  static void on_event_of_vault(void* self, const arc_identity::event& event);

  long_wait(const long_wait&) = delete;
  long_wait& operator=(const long_wait&) = delete;

 private:
  static void on_event(void* self, const arc_identity::event& event);
  void show(const arc_identity::event& event, const char* who);
  void run();

  const std::chrono::steady_clock::time_point end_;
  const char* const other_;
  std::mutex mutex_;
  std::condition_variable over_;
  std::string step_;
  unsigned attempt_ = 1;
  bool is_over_ = false;
  std::thread thread_;
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_LONG_WAIT_HPP
