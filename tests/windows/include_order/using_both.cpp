// SPDX-License-Identifier: MIT
// A program in which all names of both are visible.
#include <arc_identity/arc_identity.hpp>

#include <winsock2.h>
#include <ws2tcpip.h>

#include <windows.h>

using namespace arc_identity;

DWORD connect_and_wait(SOCKET socket, const sockaddr* address) {
  const credential one;
  if (::connect(socket, address, sizeof(sockaddr_in)) != 0) return GetLastError();
  Sleep(1);
  return closesocket(socket) == 0 ? ERROR_SUCCESS : GetLastError();
}
