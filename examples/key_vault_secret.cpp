// SPDX-License-Identifier: MIT
//
// Reads a password from Azure Key Vault with the machine's identity and libcurl.
//
//     g++ -std=c++17 -I ../include -pthread key_vault_secret.cpp -lcurl -o key_vault_secret
//     ./key_vault_secret https://myvault.vault.azure.net database-password
//
// The machine's identity needs the role "Key Vault Secrets User" on the vault. Two optional
// arguments are for tests: a file with CA certificates to trust, and the directory of the agent's
// keys.

#include <arc_identity/arc_identity.hpp>
#include <arc_identity/key_vault/curl.hpp>

#include <cstdio>
#include <string_view>
#include <utility>

/// Replace this by the code that needs the password. Never put it into a log or an argument.
void open_database(std::string_view password) {
  std::printf("opening the database with a password of %zu bytes\n", password.size());
}

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s VAULT SECRET [CA-FILE [KEY-DIRECTORY]]\n", argv[0]);
    return 2;
  }
  arc_identity::curl_https https(argc > 3 ? argv[3] : "");
  arc_identity::options options;
  if (argc > 4) options.key_directory = argv[4];

  const arc_identity::credential credential(options);
  arc_identity::key_vault vault(credential, argv[1], {}, std::move(https));
  const auto secret = vault.get_secret(argv[2]);
  if (!secret) {
    std::fprintf(stderr, "%s\n", secret.error().message());
    using arc_identity::errc;
    const errc code = secret.error().code();
    return code == errc::vault_item_not_found ? 4 : code == errc::vault_access_denied ? 5 : 1;
  }
  open_database(secret->value.view());  // Wiped when `secret` is destroyed.
}
