// SPDX-License-Identifier: MIT
// expect: secret_text\(const secret_text&\)|deleted
#include <arc_identity/key_vault/secret_text.hpp>

int main() {
  const arc_identity::secret_text secret("a");
  const arc_identity::secret_text copy = secret;
  return static_cast<int>(copy.size());
}
