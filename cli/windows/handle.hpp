// SPDX-License-Identifier: MIT

#ifndef ARC_IDENTITY_CLI_WINDOWS_HANDLE_HPP
#define ARC_IDENTITY_CLI_WINDOWS_HANDLE_HPP

#include <windows.h>

#include <memory>
#include <string>

#include "system_text.hpp"
#include "vault/failure.hpp"

namespace arc_identity_cli {

/// A deleter that calls the Windows function `Free`.
template <auto Free>
struct free_with {
  template <class T>
  void operator()(T* object) const noexcept {
    Free(object);
  }
};

/// Owns the handle of a kernel object.
using handle = std::unique_ptr<void, free_with<CloseHandle>>;

/// The handle of a file; null if it could not be opened.
inline handle file_handle(HANDLE opened) {
  return handle(opened == INVALID_HANDLE_VALUE ? nullptr : opened);
}

/// Owns memory from LocalAlloc().
template <class T>
using local_memory = std::unique_ptr<T, free_with<LocalFree>>;

/// Throws a failure with the Windows error message.
[[noreturn]] inline void fail(const std::string& what, DWORD error = GetLastError()) {
  throw failure("cannot " + what + ": " + system_text(static_cast<int>(error)));
}

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_WINDOWS_HANDLE_HPP
