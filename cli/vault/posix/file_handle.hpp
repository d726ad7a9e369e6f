// SPDX-License-Identifier: MIT

#ifndef ARC_IDENTITY_CLI_VAULT_POSIX_FILE_HANDLE_HPP
#define ARC_IDENTITY_CLI_VAULT_POSIX_FILE_HANDLE_HPP

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string_view>
#include <utility>

namespace arc_identity_cli {

/// Owns a file descriptor.
class file_handle {
 public:
  explicit file_handle(int descriptor = -1) noexcept : descriptor_(descriptor) {}
  file_handle(file_handle&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  file_handle& operator=(file_handle&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~file_handle() {
    if (is_open()) ::close(descriptor_);
  }

  bool is_open() const noexcept { return descriptor_ >= 0; }
  int get() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

/// Writes everything, waiting while a pipe is full; false with errno.
inline bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EAGAIN) {
      pollfd writable{descriptor, POLLOUT, 0};
      ::poll(&writable, 1, -1);
    } else if (count < 0 && errno != EINTR) {
      return false;
    }
    if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_POSIX_FILE_HANDLE_HPP
