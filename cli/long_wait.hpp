// SPDX-License-Identifier: MIT
//
// Tells whoever sits at a terminal what a command waits for, when that takes longer than a second.

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

/// From its making to its end it keeps one line on standard error: what is waited for, which
/// attempt it is, the time left. It is silent in the first second, where standard error is no
/// terminal, and with --quiet or --verbose.
class long_wait {
 public:
  /// Takes the observer of `settings` for itself, unless it is silent. It must outlive the client
  /// that is made with them. `other` is what is waited for before the agent is asked and after it
  /// has answered; static, or null for nothing else.
  long_wait(const agent_options& given, arc_identity::options& settings,
            const char* other = nullptr);

  /// Takes the line away.
  ~long_wait();

  /// An observer of what is waited for besides the agent, whose context is this object.
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
