// SPDX-License-Identifier: MIT
/// One object's use of Winsock. Winsock counts its users, so this does not interfere with the
/// program's own calls of WSAStartup and WSACleanup.
#pragma once

#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/system/windows/ws2_32.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

class winsock {
 public:
  winsock() noexcept = default;
  /// A copy starts uninitialised.
  winsock(const winsock&) noexcept {}
  winsock& operator=(const winsock&) = delete;
  ~winsock() {
    if (is_started_) win32::WSACleanup();
  }

  /// Initialises Winsock once. Returns 0, or the error.
  int start() noexcept {
    if (is_started_) return 0;
    alignas(void*) char data[512];  // WSADATA: 408 bytes, 400 for 32 bits.
    const int error = win32::WSAStartup(win32::winsock_version, reinterpret_cast<WSAData*>(data));
    is_started_ = error == 0;
    return error;
  }

 private:
  bool is_started_ = false;
};

}  // namespace detail
ARC_IDENTITY_END
