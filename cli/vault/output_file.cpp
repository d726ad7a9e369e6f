// SPDX-License-Identifier: MIT

#include "vault/output_file.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <string>
#include <system_error>
#include <utility>

namespace arc_identity_cli {
namespace {

std::string last_failure(const std::string& what) {
  return "cannot " + what + ": " + std::generic_category().message(errno);
}

/// Signals wait until this object is gone, so that none ends the program beside a temporary file. A
/// file too large fails with EFBIG instead.
class signals_held {
 public:
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): the calls fill the members.
  signals_held() {
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGXFSZ, &ignore, &file_size_);
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &mask_);
  }
  ~signals_held() {
    pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
    sigaction(SIGXFSZ, &file_size_, nullptr);  // Second: one that was held is ignored, too.
  }
  signals_held(const signals_held&) = delete;
  signals_held& operator=(const signals_held&) = delete;

 private:
  sigset_t mask_;
  struct sigaction file_size_;
};

/// A file in the same directory, which vanishes with this object unless it has been put in the
/// place of another.
class temporary_file {
 public:
  explicit temporary_file(std::string path)
      : path_(std::move(path)),
        file_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)) {}
  ~temporary_file() {
    if (file_ < 0) return;
    ::close(file_);
    if (!is_placed_) ::unlink(path_.c_str());
  }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;

  bool is_open() const { return file_ >= 0; }

  /// The umask may have taken more than it should.
  bool make_private() const { return ::fchmod(file_, 0600) == 0; }

  bool write(std::string_view content) const {
    while (!content.empty()) {
      const ssize_t count = ::write(file_, content.data(), content.size());
      if (count < 0 && errno != EINTR) return false;
      if (count > 0) content.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  bool sync() const { return ::fsync(file_) == 0; }

  bool place(const std::string& path) {
    is_placed_ = std::rename(path_.c_str(), path.c_str()) == 0;
    return is_placed_;
  }

 private:
  std::string path_;
  int file_;
  bool is_placed_ = false;
};

/// With its slash; empty: the working directory.
std::string directory_of(const std::string& path) { return path.substr(0, path.rfind('/') + 1); }

std::string temporary_name(const std::string& path) {
  std::uint64_t random = 0;
  if (::getrandom(&random, sizeof random, 0) < 0) random = static_cast<std::uint64_t>(::getpid());
  return directory_of(path) + ".arc-identity-" + std::to_string(random) + ".tmp";
}

/// What is there, seen through a link, is something else than a file.
bool is_no_file(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

/// So that the new name survives a loss of power; not every file system can.
void sync_directory(const std::string& directory) {
  const int handle =
      ::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0) return;
  ::fsync(handle);
  ::close(handle);
}

}  // namespace

std::string write_private_file(const std::string& path, std::string_view content) {
  if (is_no_file(path)) return path + " is there and is no file; it is left as it is";
  const signals_held held;
  temporary_file file(temporary_name(path));
  if (!file.is_open()) return last_failure("create a file beside " + path);
  if (!file.make_private() || !file.write(content) || !file.sync()) {
    return last_failure("write " + path);
  }
  if (!file.place(path)) return last_failure("put a file at " + path);
  sync_directory(directory_of(path));
  return {};
}

}  // namespace arc_identity_cli
