// SPDX-License-Identifier: MIT
/// The KeyFileReader policy on POSIX.
#pragma once

#include <cerrno>
#include <cstddef>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/policies.hpp>
#include <arc_identity/system/posix/file.hpp>

ARC_IDENTITY_BEGIN
namespace system {

/// Opens key files with O_NOFOLLOW and O_NONBLOCK. The owner in the result is that of the open
/// file.
class key_file_reader {
 public:
  /// See core/policies.hpp.
  key_file_result read(const char* path, mutable_buffer space) const noexcept {
    const detail::file file(path);
    if (!file.is_open()) return failure(errno);
    struct stat status {};
    if (!file.examine(status)) return failure(errno);
    if (!S_ISREG(status.st_mode)) return {key_file_status::invalid};
    if (status.st_nlink > 1) {
      return {key_file_status::invalid, 0, 0, "the key file has more than one hard link"};
    }
    const off_t expected = status.st_size;
    const ssize_t size = file.read(space, expected);
    if (size < 0) {
      const int error = errno;
      arc_identity::wipe(space);
      return failure(error);
    }
    const bool is_full = static_cast<std::size_t>(size) == space.size();
    if (size != expected && !(is_full && size < expected)) {
      arc_identity::wipe(space);
      return {key_file_status::invalid, 0, 0, "the key file changed while it was being read"};
    }
    return {key_file_status::ok,  static_cast<std::size_t>(size), 0, nullptr, nullptr,
            {status.st_uid, true}};
  }

 private:
  static key_file_result failure(int error) noexcept {
    switch (error) {
      case ENOENT:
      case ENOTDIR: return {key_file_status::not_found, 0, error};
      case EACCES:
      case EPERM:
        return {key_file_status::denied, 0, error, nullptr,
                "Run as root, or join the group himds (usermod -a -G himds USER) and log in again"};
      case ELOOP: return {key_file_status::invalid, 0, 0, "the key file is a symbolic link"};
      case ENXIO:
      case ENODEV: return {key_file_status::invalid, 0, error};
      default:
        return {detail::is_shortage(error) ? key_file_status::busy : key_file_status::failed, 0,
                error};
    }
  }
};

}  // namespace system
ARC_IDENTITY_END
