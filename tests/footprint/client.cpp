// SPDX-License-Identifier: MIT
/// What tools/footprint measures: a whole client, one token, one message. With WITHOUT_CLIENT it is
/// the same program but for the client.
#include "stubs.hpp"

static char workspace[16 * 1024];

#ifdef WITHOUT_CLIENT

int main() { show({workspace, sizeof workspace}); }

#else

#include <arc_identity/core.hpp>

namespace {

using client = arc_identity::basic_client<transport, monotonic_clock, key_file_reader>;

/// The call alone; what holds the client, the request and the result is the caller's.
[[gnu::noinline]] arc_identity::result<arc_identity::token_response> get_one_token(
    client& client, const arc_identity::token_request& request) {
  return client.get_token(request, workspace);
}

}  // namespace

int main() {
  client client;
  const auto token = get_one_token(client, {"https://vault.azure.net"});
  show(token ? token->access_token : token.error().message());
}

#endif
