// SPDX-License-Identifier: MIT

#include "posix/child_command.hpp"

#include <pthread.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <system_error>

namespace arc_identity_cli {
namespace {

using strings = std::vector<std::string>;

std::vector<char*> pointers_to(strings& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

bool is_ignored(int signal) {
  struct sigaction now {};
  sigaction(signal, nullptr, &now);
  return now.sa_handler == SIG_IGN;
}

// Signals that ask the program to end. Under nohup(1), SIGHUP is ignored; waiting for it would undo
// that.
sigset_t ending_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  if (!is_ignored(SIGHUP)) sigaddset(&set, SIGHUP);
  return set;
}

sigset_t with_child_signal(sigset_t set) {
  sigaddset(&set, SIGCHLD);
  return set;
}

// Returns 0 and the child, or the error of posix_spawn(3). The command gets the signal handling
// that was in effect before the agent started.
int spawn(strings& command, strings& environment, const signals_blocked& signals, pid_t& child) {
  sigset_t to_default;
  sigemptyset(&to_default);
  if (!signals.ignored_pipe_before()) sigaddset(&to_default, SIGPIPE);

  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigmask(&attributes, &signals.mask_before());
  posix_spawnattr_setsigdefault(&attributes, &to_default);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const int failure = posix_spawnp(&child, command.front().c_str(), nullptr, &attributes,
                                   pointers_to(command).data(), pointers_to(environment).data());
  posix_spawnattr_destroy(&attributes);
  return failure;
}

// A terminal sends its signals to the command as well, so only those from a process are forwarded.
// SIGHUP is always forwarded, because on a hangup the kernel may signal only the session's leader;
// the command may get it twice.
int exit_code_of(pid_t child, const sigset_t& ending) {
  const sigset_t set = with_child_signal(ending);
  int status = 0;
  pid_t ended = 0;
  while ((ended = ::waitpid(child, &status, WNOHANG)) == 0) {
    siginfo_t info{};
    const int signal = sigwaitinfo(&set, &info);
    const bool came_to_child = info.si_code > 0 && signal != SIGHUP;
    if (sigismember(&ending, signal) == 1 && !came_to_child) ::kill(child, signal);
  }
  if (ended < 0) return 1;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

// NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): the calls fill the members.
signals_blocked::signals_blocked() : ending_(ending_signals()) {
  const sigset_t set = with_child_signal(ending_);
  pthread_sigmask(SIG_BLOCK, &set, &mask_);
  sigaction(SIGPIPE, nullptr, &pipe_);
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;  // If ignored, children would leave no exit code.
  sigaction(SIGCHLD, &standard, &child_);
}

signals_blocked::~signals_blocked() {
  sigaction(SIGCHLD, &child_, nullptr);
  sigaction(SIGPIPE, &pipe_, nullptr);
  pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
}

int run_child(strings command, strings environment, const signals_blocked& signals) {
  pid_t child = 0;
  const int failure = spawn(command, environment, signals, child);
  if (failure != 0) {
    std::fprintf(stderr, "arc-identity: cannot run '%s': %s\n", command.front().c_str(),
                 std::generic_category().message(failure).c_str());
    return 127;
  }
  return exit_code_of(child, signals.ending());
}

}  // namespace arc_identity_cli
