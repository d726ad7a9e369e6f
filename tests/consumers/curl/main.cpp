// SPDX-License-Identifier: MIT
// Does what is possible without a vault.

#include <cstdio>

#include <arc_identity/arc_identity.hpp>
#include <arc_identity/key_vault/curl.hpp>

int main() {
  const arc_identity::credential credential;
  arc_identity::key_vault vault(credential, "https://myvault.vault.azure.net");
  const auto secret = vault.get_secret("not/a/name");
  std::printf("%s\n", secret ? "a secret" : secret.error().message());
  return !secret && secret.error().code() == arc_identity::errc::invalid_argument ? 0 : 1;
}
