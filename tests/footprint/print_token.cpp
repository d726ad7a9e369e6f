// SPDX-License-Identifier: MIT
/// The smallest program that prints a token, with this system's policies and without a heap.
#include <cstdio>

#include <arc_identity/system/client.hpp>

int main() {
  static char workspace[16 * 1024];
  arc_identity::client client;
  const auto token = client.get_token({"https://vault.azure.net"}, workspace);
  if (!token) {
    std::fprintf(stderr, "%s\n", token.error().message());
    return 1;
  }
  std::printf("%.*s\n", static_cast<int>(token->access_token.size()), token->access_token.data());
}
