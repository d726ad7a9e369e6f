// SPDX-License-Identifier: MIT
//
// The minimal program: a credential, a token, and an error message.
//
//     g++ -std=c++17 -I ../include -pthread minimal.cpp -o minimal
//     ./minimal
//
// With a simulated agent:
//     arc-identity simulate -- ./minimal '{key-directory}'

#include <arc_identity/arc_identity.hpp>

#include <cstdio>

int main(int argc, char** argv) {
  arc_identity::options options;
  if (argc > 1) options.key_directory = argv[1];

  arc_identity::credential credential(options);
  const auto token = credential.get_token("https://vault.azure.net");
  if (!token) {
    std::fprintf(stderr, "%s\n", token.error().message());  // what happened and what to do
    return 1;
  }
  std::printf("got a token of %zu bytes\n", token->secret().size());
}
