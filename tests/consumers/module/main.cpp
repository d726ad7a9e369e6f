// SPDX-License-Identifier: MIT
// Imports the library; the standard library is included as usual.
#include <cstdio>

import arc_identity;

int main() {
  arc_identity::options options;
  options.endpoint = "http://example.com";
  arc_identity::credential credential(options);
  const auto token = credential.get_token("https://vault.azure.net");
  std::printf("%s\n", token ? "a token" : token.error().message());
  return !token && token.error().code() == arc_identity::errc::invalid_endpoint ? 0 : 1;
}
