// SPDX-License-Identifier: MIT

#include "vault/shell_command.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <system_error>

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): declared by POSIX.
extern char** environ;

namespace arc_identity_cli {
namespace {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds grace{2000};

/// Blocks signals while it exists, so that they can be waited for: SIGCHLD, and those that ask this
/// program to end, unless they are ignored.
class held_signals {
 public:
  held_signals() {
    ::signal(SIGCHLD, SIG_DFL);  // if it is ignored, no child can be waited for
    ::sigemptyset(&held_);
    ::sigaddset(&held_, SIGCHLD);
    for (const int each : {SIGINT, SIGTERM, SIGHUP}) {
      struct sigaction action {};
      if (::sigaction(each, nullptr, &action) == 0 && action.sa_handler != SIG_IGN) {
        ::sigaddset(&held_, each);
      }
    }
    ::pthread_sigmask(SIG_BLOCK, &held_, &before_);
  }
  ~held_signals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  held_signals(const held_signals&) = delete;
  held_signals& operator=(const held_signals&) = delete;

  const sigset_t& before() const { return before_; }

  /// The next signal within `time`, or 0.
  int take(milliseconds time) const {
    const timespec limit{static_cast<time_t>(time.count() / 1000),
                         static_cast<long>(time.count() % 1000) * 1'000'000};
    return std::max(0, ::sigtimedwait(&held_, nullptr, &limit));
  }

 private:
  sigset_t held_{};
  sigset_t before_{};
};

/// Starts the command; returns errno.
int start(const std::string& command, const sigset_t& mask, pid_t& child) {
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t files;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_init(&files);
  sigset_t defaults;
  ::sigemptyset(&defaults);
  ::sigaddset(&defaults, SIGPIPE);
  ::posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setsigmask(&attributes, &mask);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
  std::string text = command;
  char shell[] = "sh";
  char option[] = "-c";
  char* const arguments[] = {shell, option, text.data(), nullptr};
  const int failure = ::posix_spawn(&child, "/bin/sh", &files, &attributes, arguments, environ);
  ::posix_spawn_file_actions_destroy(&files);
  ::posix_spawnattr_destroy(&attributes);
  return failure;
}

/// Whether the child has ended. It is not reaped, so its process id is not reused.
bool has_ended(pid_t child) {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
         info.si_pid == child;
}

/// Waits until the child ends, the time limit passes, or a signal asks this program to end. Returns
/// that signal.
int wait(pid_t child, milliseconds limit, const held_signals& signals) {
  const clock::time_point end = clock::now() + limit;
  while (!has_ended(child)) {
    const auto left = std::chrono::ceil<milliseconds>(end - clock::now());
    if (left.count() <= 0) break;
    const int signal = signals.take(std::min(left, milliseconds(100)));
    if (signal != 0 && signal != SIGCHLD) return signal;
  }
  return 0;
}

std::string status_text(int status) {
  if (WIFSIGNALED(status)) return "was ended by signal " + std::to_string(WTERMSIG(status));
  const int code = WEXITSTATUS(status);
  return code == 0 ? "" : "ended with exit code " + std::to_string(code);
}

}  // namespace

std::string run_shell_command(const std::string& command, std::chrono::milliseconds limit) {
  std::fflush(stderr);
  int signal = 0;
  int status = 0;
  bool is_late = false;
  {
    const held_signals signals;
    pid_t child = -1;
    const int failure = start(command, signals.before(), child);
    if (failure != 0) {
      return "cannot be started: /bin/sh: " + std::generic_category().message(failure);
    }
    signal = wait(child, limit, signals);
    is_late = !has_ended(child);
    if (is_late) {
      ::kill(-child, SIGTERM);
      wait(child, grace, signals);
      ::kill(-child, SIGKILL);
    }
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
  }
  if (signal != 0) ::raise(signal);
  if (!is_late) return status_text(status);
  return "did not end within " + std::to_string(limit.count() / 1000) + " s and was stopped";
}

}  // namespace arc_identity_cli
