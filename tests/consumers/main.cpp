// SPDX-License-Identifier: MIT
// The program of each consumer. Requests a token; there is no agent.

#include <cstdio>

#include <arc_identity/arc_identity.hpp>

int main() {
  arc_identity::options options;
  options.endpoint = "http://example.com";
  arc_identity::credential credential(options);
  const auto token = credential.get_token("https://vault.azure.net");
  std::printf("arc_identity %s: %s\n", ARC_IDENTITY_VERSION,
              token ? "a token" : token.error().message());
  return !token && token.error().code() == arc_identity::errc::invalid_endpoint ? 0 : 1;
}
