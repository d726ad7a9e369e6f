// SPDX-License-Identifier: MIT
/// What tools/footprint measures: a whole client, one token, one message. With WITHOUT_CLIENT it is
/// the same program but for the client.
#include "stubs.hpp"

static char workspace[16 * 1024];

#ifdef WITHOUT_CLIENT

int main() { show({workspace, sizeof workspace}); }

#else

#include <arc_identity/core.hpp>

int main() {
  arc_identity::basic_client<transport, monotonic_clock, key_file_reader> client;
  const auto token = client.get_token({"https://vault.azure.net"}, workspace);
  show(token ? token->access_token : token.error().message());
}

#endif
