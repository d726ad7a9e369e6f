// SPDX-License-Identifier: MIT
/// How Windows reads paths. Compiled for Windows, or if `ARC_IDENTITY_WINDOWS_PATHS` is defined as
/// 1; otherwise only `/` separates and all names are plain.
#pragma once

#include <cstddef>
#include <string_view>

#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

#if ARC_IDENTITY_WINDOWS_PATHS

/// Whether paths under this directory are compared as Windows does: it has a drive, or backslashes.
constexpr bool is_windows_path(std::string_view directory) noexcept {
  return !starts_with(directory, "/") &&
         (contains(directory, '\\') || (directory.size() >= 2 && directory[1] == ':'));
}

/// Maps all characters that are equivalent in a path to one.
constexpr char path_char(char c, bool windows) noexcept {
  if (!windows) return c;
  return c == '\\' ? '/' : to_lower(c);
}

/// Whether Windows opens a device under this name (Microsoft, "Naming Files, Paths, and
/// Namespaces"): the part before the first dot counts, without trailing spaces.
inline bool is_windows_device(std::string_view name) noexcept {
  name = first(name, find(name, '.'));
  while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
  if (index_of(name, "con\0prn\0aux\0nul\0conin$\0conout$\0") >= 0) return true;
  const std::string_view kind = first(name, 3);
  return index_of(kind, "com\0lpt\0") >= 0 &&
         index_of(
             after(name, kind.size()),
             "0\0001\0002\0003\0004\0005\0006\0007\0008\0009\0\xc2\xb9\0\xc2\xb2\0\xc2\xb3\0") >= 0;
}

/// Whether Windows opens something other than a file of this name: a stream, a device, or a file by
/// its short name (with ~ and a digit). Windows drops trailing dots and spaces; they need no check,
/// because the name ends in ".key".
inline bool is_reserved_on_windows(std::string_view name) noexcept {
  char before = '\0';
  for (const char c : name) {
    if (contains("<>:\"|?*", c)) return true;
    if (before == '~' && is_digit(c)) return true;
    before = c;
  }
  return is_windows_device(name);
}

#else

constexpr bool is_windows_path(std::string_view) noexcept { return false; }
constexpr char path_char(char c, bool) noexcept { return c; }
constexpr bool is_reserved_on_windows(std::string_view) noexcept { return false; }

#endif

}  // namespace detail
ARC_IDENTITY_END
