// SPDX-License-Identifier: MIT
// expect: the Https policy lacks: https_response get\(const https_request& request\)
#include <arc_identity/key_vault.hpp>

namespace {

struct https {
  int get(const char*) { return 200; }
};

}  // namespace

int main() {
  arc_identity::basic_key_vault<https> vault(arc_identity::credential(),
                                             "https://a.vault.azure.net");
  return vault.get_secret("a") ? 0 : 1;
}
