// SPDX-License-Identifier: MIT
/// Converts between UTF-8, which the library uses, and UTF-16, which Windows uses.
#pragma once

#include <cstddef>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/system/windows/kernel32.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// The longest path that is passed to Windows, in UTF-16 units including the NUL.
inline constexpr std::size_t max_path_units = 1024;

/// Converts `text` and adds a NUL; false if it is not UTF-8 or does not fit (GetLastError).
inline bool to_utf16(const char* text, wchar_t* space, std::size_t size) noexcept {
  return win32::MultiByteToWideChar(win32::cp_utf8, win32::mb_err_invalid_chars, text, -1, space,
                                    static_cast<int>(size)) > 0;
}

/// Converts `size` units. Returns the number of bytes; 0 if `text` is not UTF-16 or does not fit.
inline std::size_t to_utf8(const wchar_t* text, std::size_t size, mutable_buffer space) noexcept {
  const int count = win32::WideCharToMultiByte(win32::cp_utf8, win32::wc_err_invalid_chars, text,
                                               static_cast<int>(size), space.data(),
                                               static_cast<int>(space.size()), nullptr, nullptr);
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

}  // namespace detail
ARC_IDENTITY_END
