// SPDX-License-Identifier: MIT
/// An open file of a Windows system, for reading small regular files safely.
#pragma once

#include <cstddef>
#include <cstdint>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/system/windows/kernel32.hpp>
#include <arc_identity/system/windows/utf16.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

enum class file_kind : std::uint8_t { regular, link, hard_linked, other };

/// If opening fails, the error code is stored at once, because other calls overwrite it.
class file {
 public:
  /// `path` in UTF-8. Never follows a link at its end; gives a pipe's server no impersonation
  /// rights; does not prevent others from writing, renaming or removing the file meanwhile.
  explicit file(const char* path) noexcept {
    using namespace win32;
    wchar_t wide[max_path_units];
    if (to_utf16(path, wide, max_path_units)) {
      handle_ = CreateFileW(
          wide, generic_read, file_share_read | file_share_write | file_share_delete, nullptr,
          open_existing, file_flag_open_reparse_point | security_sqos_present, nullptr);
    }
    if (is_open()) return;
    error_ = GetLastError();
    // Windows does not open a directory as a file: it reports "access denied".
    is_directory_ = error_ == error_access_denied && is_directory(GetFileAttributesW(wide));
  }
  ~file() {
    if (is_open()) win32::CloseHandle(handle_);
  }
  file(const file&) = delete;
  file& operator=(const file&) = delete;

  bool is_open() const noexcept { return handle_ != win32::invalid_handle(); }
  /// Why the file is not open.
  win32::dword error() const noexcept { return error_; }
  /// Whether it is not open because it is a directory.
  bool is_directory() const noexcept { return is_directory_; }

  /// The kind of the open file and its size in bytes; false if the system call fails.
  bool examine(file_kind& kind, std::uint64_t& size) const noexcept {
    using namespace win32;
    kind = file_kind::other;
    if (GetFileType(handle_) != file_type_disk) return true;
    file_information found{};
    if (GetFileInformationByHandle(handle_,
                                   reinterpret_cast<_BY_HANDLE_FILE_INFORMATION*>(&found)) == 0) {
      return false;
    }
    size = std::uint64_t{found.size_high} << 32 | found.size_low;
    kind = kind_of(found.attributes);
    if (kind == file_kind::regular && found.number_of_links > 1) kind = file_kind::hard_linked;
    return true;
  }

  /// The kind of a file on a disk. A reparse point, such as a symbolic link or a mount point, may
  /// lead anywhere.
  static constexpr file_kind kind_of(win32::dword attributes) noexcept {
    using namespace win32;
    if ((attributes & file_attribute_reparse_point) != 0) return file_kind::link;
    const bool is_other = (attributes & (file_attribute_directory | file_attribute_device)) != 0;
    return is_other ? file_kind::other : file_kind::regular;
  }

  /// Reads until `expected` bytes are read, the file ends, or `space` is full; `size` receives the
  /// number of bytes. False if a read failed (GetLastError).
  bool read(mutable_buffer space, std::uint64_t expected, std::size_t& size) const noexcept {
    size = 0;
    while (size < space.size() && size != expected) {
      win32::dword count = 0;
      const mutable_buffer rest = space.after(size);
      if (win32::ReadFile(handle_, rest.data(), static_cast<win32::dword>(rest.size()), &count,
                          nullptr) == 0) {
        return false;
      }
      if (count == 0) break;
      size += count;
    }
    return true;
  }

 private:
  static bool is_directory(win32::dword attributes) noexcept {
    return attributes != win32::invalid_file_attributes &&
           (attributes & win32::file_attribute_directory) != 0;
  }

  win32::handle handle_ = win32::invalid_handle();
  win32::dword error_ = 0;
  bool is_directory_ = false;
};

}  // namespace detail
ARC_IDENTITY_END
