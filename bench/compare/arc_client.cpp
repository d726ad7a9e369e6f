// SPDX-License-Identifier: MIT
// Prints a token for each resource: arc_identity, a client with its own buffer.

#include <cstdio>
#include <cstdlib>

#include <arc_identity/system/client.hpp>

int main(int argc, char** argv) {
  static char workspace[16 * 1024];
  arc_identity::options options;
  options.key_directory = std::getenv("KEY_DIRECTORY");
  arc_identity::client client(options);
  for (int i = 1; i < argc; ++i) {
    const auto token = client.get_token({argv[i]}, workspace);
    if (!token) {
      std::fprintf(stderr, "%s\n", token.error().message());
      return 1;
    }
    const auto secret = token->access_token;
    std::printf("%.*s\n", static_cast<int>(secret.size()), secret.data());
  }
}
