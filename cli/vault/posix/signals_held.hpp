// SPDX-License-Identifier: MIT

#ifndef ARC_IDENTITY_CLI_VAULT_POSIX_SIGNALS_HELD_HPP
#define ARC_IDENTITY_CLI_VAULT_POSIX_SIGNALS_HELD_HPP

#include <pthread.h>

#include <csignal>

namespace arc_identity_cli {

/// Blocks signals while it exists, so that none ends the program while a temporary file exists. A
/// file that is too large fails with EFBIG instead.
class signals_held {
 public:
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): the calls fill the members.
  signals_held() {
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGXFSZ, &ignore, &file_size_);
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &mask_);
  }
  ~signals_held() {
    ::pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
    ::sigaction(SIGXFSZ, &file_size_, nullptr);  // Last: a pending one is ignored.
  }
  signals_held(const signals_held&) = delete;
  signals_held& operator=(const signals_held&) = delete;

 private:
  sigset_t mask_;
  struct sigaction file_size_;
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_POSIX_SIGNALS_HELD_HPP
