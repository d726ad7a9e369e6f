// SPDX-License-Identifier: MIT
/// The program that tools/footprint measures: a whole client, one token, one message. With
/// WITHOUT_CLIENT it is the same program without the client.
#include <arc_identity/core.hpp>

#include "stubs.hpp"

namespace {

char workspace[16 * 1024];

}  // namespace

#ifdef WITHOUT_CLIENT

int main() { show({workspace, sizeof workspace}); }

#else

namespace {

using stub_client = arc_identity::basic_client<transport, monotonic_clock, key_file_reader>;

/// Only the call; the memory for client, request and result is the caller's.
[[gnu::noinline]] arc_identity::result<arc_identity::token_response> get_one_token(
    stub_client& client, const arc_identity::token_request& request) {
  return client.get_token(request, workspace);
}

}  // namespace

int main() {
  stub_client client;
  const auto token = get_one_token(client, {"https://vault.azure.net"});
  show(token ? token->access_token : token.error().message());
}

#endif
