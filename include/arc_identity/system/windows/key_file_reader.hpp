// SPDX-License-Identifier: MIT
/// The KeyFileReader policy on Windows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/policies.hpp>
#include <arc_identity/system/windows/file.hpp>

ARC_IDENTITY_BEGIN
namespace system {

class key_file_reader {
 public:
  key_file_result read(const char* path, mutable_buffer space) const noexcept {
    if (!is_absolute(path)) {
      return {key_file_status::invalid, 0, 0,
              "the key directory is not an absolute Windows path such as C:\\..."};
    }
    const detail::file file(path);
    if (file.is_directory()) return {key_file_status::invalid, 0, 0, "the key file is a directory"};
    if (!file.is_open()) return failure(file.error());
    detail::file_kind kind{};
    std::uint64_t expected = 0;
    if (!file.examine(kind, expected)) return failure(detail::win32::GetLastError());
    if (kind == detail::file_kind::link) {
      return {key_file_status::invalid, 0, 0, "the key file is a link"};
    }
    if (kind == detail::file_kind::hard_linked) {
      return {key_file_status::invalid, 0, 0, "the key file has more than one hard link"};
    }
    if (kind != detail::file_kind::regular) return {key_file_status::invalid};
    return read(file, expected, space);
  }

 private:
  /// Any other path was checked by the rules of other systems, where `a:b.key` is a plain name.
  static bool is_absolute(std::string_view path) noexcept {
    const bool has_drive = path.size() > 2 && detail::is_alpha(path[0]) && path[1] == ':' &&
                           (path[2] == '\\' || path[2] == '/');
    return has_drive || detail::starts_with(path, "\\\\");
  }

  static key_file_result read(const detail::file& file, std::uint64_t expected,
                              mutable_buffer space) noexcept {
    std::size_t size = 0;
    if (!file.read(space, expected, size)) {
      const detail::win32::dword error = detail::win32::GetLastError();
      arc_identity::wipe(space);
      return failure(error);
    }
    const bool is_cut = size == space.size() && size < expected;  // The core reports this.
    if (size != expected && !is_cut) {
      arc_identity::wipe(space);
      return {key_file_status::invalid, 0, 0, "the key file changed while it was being read"};
    }
    return {key_file_status::ok, size};
  }

  static key_file_result failure(detail::win32::dword number) noexcept {
    using namespace detail::win32;
    const int error = static_cast<int>(number);
    switch (number) {
      case error_file_not_found:
      case error_path_not_found: return {key_file_status::not_found, 0, error};
      case error_access_denied:
        return {key_file_status::denied, 0, error, nullptr,
                "Run elevated as an administrator, or join the group Hybrid Agent "
                "Extension Applications and log on again"};
      case error_sharing_violation:
      case error_lock_violation:
        return {key_file_status::busy, 0, error,
                "another program has the key file open exclusively"};
      case error_too_many_open_files:
      case error_not_enough_memory:
      case error_no_system_resources: return {key_file_status::busy, 0, error};
      case error_invalid_name: return {key_file_status::invalid, 0, error};
      default: return {key_file_status::failed, 0, error};
    }
  }
};

}  // namespace system
ARC_IDENTITY_END
