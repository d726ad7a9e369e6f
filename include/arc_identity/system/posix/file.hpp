// SPDX-License-Identifier: MIT
/// An open file of a POSIX system, for reading small regular files safely.
#pragma once

#include <cerrno>
#include <cstddef>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/config.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// Whether a call that failed with this `errno` may succeed later: the process or the system is out
/// of resources.
constexpr bool is_shortage(int error) noexcept {
  return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS;
}

class file {
 public:
  /// Never follows a link at the end of `path`, and never blocks on a FIFO or a device.
  explicit file(const char* path) noexcept
      : handle_(::open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)) {}
  ~file() {
    if (handle_ >= 0) ::close(handle_);
  }
  file(const file&) = delete;
  file& operator=(const file&) = delete;

  bool is_open() const noexcept { return handle_ >= 0; }

  /// False if the system call fails (errno).
  bool examine(struct stat& status) const noexcept { return ::fstat(handle_, &status) == 0; }

  /// Reads once. Returns the number of bytes, 0 at the end, or -1 (errno). A read that a signal
  /// interrupts is retried a limited number of times.
  ssize_t read_some(mutable_buffer space) const noexcept {
    constexpr int most_tries = 100;
    ssize_t count = -1;
    for (int tries = 0; count < 0 && tries < most_tries; ++tries) {
      count = ::read(handle_, space.data(), space.size());
      if (count < 0 && errno != EINTR) break;
    }
    return count;
  }

  /// Reads until `expected` bytes are read, the file ends, or `space` is full. Returns the number
  /// of bytes, or -1 (errno).
  ssize_t read(mutable_buffer space, off_t expected) const noexcept {
    std::size_t size = 0;
    while (size < space.size() && static_cast<off_t>(size) != expected) {
      const ssize_t count = read_some(space.after(size));
      if (count < 0) return -1;
      if (count == 0) break;
      size += static_cast<std::size_t>(count);
    }
    return static_cast<ssize_t>(size);
  }

 private:
  int handle_;
};

}  // namespace detail
ARC_IDENTITY_END
