// SPDX-License-Identifier: MIT
// expect: the Credential lacks: .* force_refresh
#include <arc_identity/key_vault.hpp>
#include <arc_identity/testing/scripted_https.hpp>

namespace {

struct credential {
  arc_identity::result<arc_identity::access_token> get_token(const arc_identity::token_request&) {
    return arc_identity::access_token{};
  }
};

}  // namespace

int main() {
  arc_identity::basic_key_vault<arc_identity::testing::scripted_https, credential> vault(
      credential{}, "https://a.vault.azure.net");
  return vault.get_secret("a") ? 0 : 1;
}
