// SPDX-License-Identifier: MIT
// Prints a token for each resource: arc_identity, a shared credential.

#include <cstdio>
#include <cstdlib>

#include <arc_identity/arc_identity.hpp>

int main(int argc, char** argv) {
  arc_identity::options options;
  options.key_directory = std::getenv("KEY_DIRECTORY");
  arc_identity::credential credential(options);
  for (int i = 1; i < argc; ++i) {
    const auto token = credential.get_token(argv[i]);
    if (!token) {
      std::fprintf(stderr, "%s\n", token.error().message());
      return 1;
    }
    std::printf("%.*s\n", static_cast<int>(token->secret().size()), token->secret().data());
  }
}
