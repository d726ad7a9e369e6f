// SPDX-License-Identifier: MIT

#include "vault/posix/time_limit.hpp"

#include <sys/time.h>
#include <unistd.h>

#include <csignal>

#include "exit_code.hpp"
#include "vault/posix/file_lock.hpp"

namespace arc_identity_cli {
namespace {

void set_timer(std::chrono::microseconds time) {
  itimerval timer{};
  timer.it_value.tv_sec = static_cast<time_t>(time.count() / 1'000'000);
  timer.it_value.tv_usec = static_cast<suseconds_t>(time.count() % 1'000'000);
  ::setitimer(ITIMER_REAL, &timer, nullptr);
}

extern "C" void end_program(int) {
  constexpr char message[] =
      "arc-identity: the certificate cannot be read in time: its PFX needs too much computation\n";
  file_lock::remove_all();
  if (::write(STDERR_FILENO, message, sizeof message - 1) < 0) ::_exit(exit_failed);
  ::_exit(exit_failed);
}

}  // namespace

time_limit::time_limit(std::chrono::milliseconds time) {
  ::signal(SIGALRM, end_program);
  set_timer(time);
}

time_limit::~time_limit() {
  set_timer(std::chrono::microseconds(0));
  ::signal(SIGALRM, SIG_DFL);
}

}  // namespace arc_identity_cli
