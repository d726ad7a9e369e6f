// SPDX-License-Identifier: MIT
/// Counts the system calls of a function (Linux), run in a separate process.
#pragma once

#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <vector>

/// The numbers of the calls that `work` makes in its second run; empty if it cannot be traced, or
/// if `work` returns false.
template <class Work>
std::vector<unsigned long> system_calls_of(Work work) {
  constexpr long marker = SYS_getpgrp;
  const pid_t child = ::fork();
  if (child == 0) {
    if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) ::_exit(2);
    ::raise(SIGSTOP);
    if (!work()) ::_exit(3);
    ::syscall(marker);
    const bool is_good = work();
    ::syscall(marker);
    ::_exit(is_good ? 0 : 3);
  }
  int status = 0;
  std::vector<unsigned long> calls;
  if (::waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) return {};
  ::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
  int markers = 0;
  int signal = 0;
  while (::ptrace(PTRACE_SYSCALL, child, nullptr, signal) == 0 &&
         ::waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
    signal = 0;
    if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
      signal = WSTOPSIG(status);
      continue;
    }
    __ptrace_syscall_info info{};
    if (::ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof info, &info) <= 0) return {};
    if (info.op != PTRACE_SYSCALL_INFO_ENTRY) continue;
    if (info.entry.nr == static_cast<unsigned long>(marker)) {
      ++markers;
    } else if (markers == 1) {
      calls.push_back(info.entry.nr);
    }
  }
  const bool is_good = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return is_good ? calls : std::vector<unsigned long>{};
}
