// SPDX-License-Identifier: MIT

#include "vault/posix/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <thread>
#include <utility>

#include "vault/failure.hpp"
#include "vault/posix/signals_held.hpp"

namespace arc_identity_cli {
namespace {

/// All current locks. A certificate and its key have one each.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): a signal handler needs them.
std::atomic<file_lock*> locks[4];

void replace_in_locks(file_lock* one, file_lock* other) {
  for (std::atomic<file_lock*>& each : locks) {
    file_lock* expected = one;
    if (each.compare_exchange_strong(expected, other)) return;
  }
}

extern "C" void remove_locks_and_end(int signal) {
  file_lock::remove_all();
  ::raise(signal);  // The default handler, which is restored, ends the program.
}

/// Handles signals that end the program.
void handle_signals() {
  struct sigaction remove {};
  remove.sa_handler = remove_locks_and_end;
  remove.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int each : {SIGTERM, SIGINT, SIGHUP, SIGALRM}) {
    struct sigaction present {};
    const bool is_default =
        ::sigaction(each, nullptr, &present) == 0 && present.sa_handler == SIG_DFL;
    if (is_default) ::sigaction(each, &remove, nullptr);
  }
}

}  // namespace

file_lock::file_lock(int directory, std::string name, const std::string& place,
                     std::chrono::steady_clock::time_point end)
    : directory_(directory), name_(std::move(name)) {
  handle_signals();
  while (!try_to_lock(place)) {
    if (std::chrono::steady_clock::now() >= end) {
      throw failure("another run of arc-identity is writing " + place + " and does not finish");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

file_lock::~file_lock() {
  ::unlinkat(directory_, name_.c_str(), 0);
  replace_in_locks(this, nullptr);
}

void file_lock::remove_all() noexcept {
  for (const std::atomic<file_lock*>& each : locks) {
    const file_lock* const lock = each;
    if (lock != nullptr) ::unlinkat(lock->directory_, lock->name_.c_str(), 0);
  }
}

/// False if another run holds the lock, or has removed the file that this one was about to lock.
bool file_lock::try_to_lock(const std::string& place) {
  const signals_held held;
  file_ = file_handle(::openat(directory_, name_.c_str(),
                               O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600));
  struct stat status {};
  if (!file_.is_open() || ::fstat(file_.get(), &status) != 0) {
    throw failure("cannot create a file next to " + place + " (" + name_ +
                  "): " + std::generic_category().message(errno));
  }
  if (!S_ISREG(status.st_mode)) {
    throw failure("cannot create a file next to " + place + ": " + name_ +
                  " exists and is not a regular file");
  }
  if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK || errno == EINTR) return false;
    throw failure("cannot lock " + name_ + " next to " + place + ": " +
                  std::generic_category().message(errno));
  }
  ::fchmod(file_.get(), 0600);  // The umask may have removed permissions that the next run needs.
  struct stat current {};
  const bool is_there = ::fstatat(directory_, name_.c_str(), &current, AT_SYMLINK_NOFOLLOW) == 0 &&
                        current.st_dev == status.st_dev && current.st_ino == status.st_ino;
  if (is_there) replace_in_locks(nullptr, this);
  return is_there;
}

}  // namespace arc_identity_cli
