// SPDX-License-Identifier: MIT
// Between the two, like any other header.
#include <winsock2.h>

#include <arc_identity/arc_identity.hpp>

#include <windows.h>

std::string_view message() {
  static arc_identity::credential credential;
  const auto token = credential.get_token("https://vault.azure.net");
  return token ? std::string_view() : "no token";
}
