// SPDX-License-Identifier: MIT
//
// list_secrets VAULT CA_FILE KEY_DIRECTORY: prints the name of each secret, page by page.

#include <cstdio>

#include <arc_identity/arc_identity.hpp>
#include <arc_identity/key_vault/curl.hpp>

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  arc_identity::options options;
  options.key_directory = argv[3];
  arc_identity::key_vault vault(arc_identity::credential(options), argv[1], {},
                                arc_identity::curl_https(argv[2]));
  auto page = vault.list_secrets();
  while (page) {
    for (const auto& secret : page->secrets) std::printf("%s\n", secret.name.c_str());
    if (page->next_link.empty()) return 0;
    page = vault.next_page(*page);
  }
  std::fprintf(stderr, "%s\n", page.error().message());
  return 1;
}
