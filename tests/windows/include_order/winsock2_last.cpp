// SPDX-License-Identifier: MIT
#include <arc_identity/arc_identity.hpp>

#include <winsock2.h>
#include <ws2tcpip.h>

#include <windows.h>

std::string_view message() {
  static arc_identity::credential credential;
  const auto token = credential.get_token("https://vault.azure.net");
  return token ? std::string_view() : "no token";
}
