// SPDX-License-Identifier: MIT
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

#include <arc_identity/arc_identity.hpp>

std::string_view message() {
  static arc_identity::credential credential;
  const auto token = credential.get_token("https://vault.azure.net");
  return token ? std::string_view() : "no token";
}
