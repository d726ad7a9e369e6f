// SPDX-License-Identifier: MIT
//
// A command that runs as a child of this program, for `simulate` and `serve`.

#ifndef ARC_IDENTITY_CLI_POSIX_CHILD_COMMAND_HPP
#define ARC_IDENTITY_CLI_POSIX_CHILD_COMMAND_HPP

#include <csignal>
#include <string>
#include <vector>

namespace arc_identity_cli {

/// Blocks the signals that are waited for, also in threads started while it exists, and then
/// restores the previous state, including that of SIGPIPE, which a server ignores.
class signals_blocked {
 public:
  signals_blocked();
  ~signals_blocked();
  signals_blocked(const signals_blocked&) = delete;
  signals_blocked& operator=(const signals_blocked&) = delete;

  /// The signals that ask the program to end.
  const sigset_t& ending() const { return ending_; }
  const sigset_t& mask_before() const { return mask_; }
  bool ignored_pipe_before() const { return pipe_.sa_handler == SIG_IGN; }

 private:
  const sigset_t ending_;
  sigset_t mask_;
  struct sigaction pipe_;
  struct sigaction child_;
};

/// Runs the command and forwards SIGINT, SIGTERM and SIGHUP to it. Returns its exit code, 128 + N
/// if signal N ended it, or 127 if it cannot be run, with a message on standard error.
int run_child(std::vector<std::string> command, std::vector<std::string> environment,
              const signals_blocked& signals);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_POSIX_CHILD_COMMAND_HPP
