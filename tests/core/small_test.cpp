// SPDX-License-Identifier: MIT
// The effect of `ARC_IDENTITY_SMALL`: messages have no sentences. Other units of this program are
// built without it.
#define ARC_IDENTITY_SMALL
#include <arc_identity/core.hpp>
#include <arc_identity/testing/manual_clock.hpp>
#include <arc_identity/testing/memory_key_files.hpp>
#include <arc_identity/testing/scripted_transport.hpp>

#include <climits>
#include <string>

#include <doctest/doctest.h>

#include "support/agent_texts.hpp"

namespace {

using arc_identity::errc;
using arc_identity::error;

std::string message_of(const arc_identity::detail::failure& failure) {
  return error(failure).message();
}

}  // namespace

TEST_CASE("small: a message has the code's name and the numbers, and quotes nothing") {
  CHECK(message_of({errc::timed_out, "a sentence"}) == "timed_out");
  CHECK(message_of({errc::request_refused, "a sentence", {"code", "words", "id"}, 403, 13}) ==
        "request_refused (HTTP 403) (system error 13)");
  CHECK(message_of({errc::key_file_denied, "a sentence", {"/a.key"}, 0, 0, "a remedy"}) ==
        "key_file_denied");
}

TEST_CASE("small: an error is small, and holds the longest message") {
  CHECK(sizeof(error) <= 88);
  CHECK(message_of({errc::identity_not_confirmed, "a sentence", {}, 599, INT_MIN}) ==
        "identity_not_confirmed (HTTP 599) (system error -2147483648)");
}

TEST_CASE("small: a rule's message is its code's name and the numbers") {
  using arc_identity::detail::reason;
  arc_identity::detail::failure refused =
      arc_identity::detail::violation(reason::refused, "localhost:40342");
  refused.system_error = 111;
  CHECK(message_of(refused) == "connection_refused (system error 111)");
  CHECK(message_of(arc_identity::detail::violation(reason::no_memory)) == "out_of_memory");
  CHECK(message_of({errc::vault_refused, "a sentence"}) == "error");
  CHECK(message_of({errc{}, "a sentence"}) == "error");
}

TEST_CASE("small: sentences are not stored") {
  using arc_identity::detail::static_text;
  CHECK(std::string(static_text("a sentence").c_str()).empty());
  CHECK(static_text() == nullptr);
  const char* none = nullptr;
  CHECK(static_text(none) == nullptr);
}

TEST_CASE("small: a whole exchange gives a token") {
  using arc_identity::testing::manual_clock;
  using arc_identity::testing::memory_key_files;
  using arc_identity::testing::scripted_transport;
  scripted_transport transport;
  transport.on_receive(agent_texts::challenge());
  transport.on_receive(agent_texts::token_response());
  transport.on_receive(agent_texts::failure(403, "forbidden", "Not today"));
  memory_key_files keys;
  keys.add(agent_texts::key_path, agent_texts::key);
  arc_identity::basic_client<scripted_transport, manual_clock, memory_key_files> client(
      arc_identity::options{}, transport, manual_clock{}, keys);
  char workspace[4096];
  const auto token = client.get_token({"https://vault.azure.net"}, workspace);
  REQUIRE(token);
  CHECK(token->access_token == agent_texts::token);
  const auto none = client.get_token({"https://vault.azure.net"}, workspace);
  REQUIRE_FALSE(none);
  CHECK(std::string(none.error().message()) == "request_refused (HTTP 403)");
}

TEST_CASE("small: the agent's error code is recognized although it is not quoted") {
  using namespace arc_identity::testing;
  scripted_transport transport;
  transport.on_receive(agent_texts::failure(404, "identity_not_found", "No such identity"));
  transport.on_receive(agent_texts::failure(404, "not_found", "No such path"));
  arc_identity::basic_client<scripted_transport, manual_clock, memory_key_files> client(
      arc_identity::options{}, transport);
  char workspace[4096];
  const auto no_identity = client.get_token({"https://vault.azure.net"}, workspace);
  REQUIRE_FALSE(no_identity);
  CHECK(std::string(no_identity.error().message()) == "identity_not_found (HTTP 404)");
  const auto not_found = client.get_token({"https://vault.azure.net"}, workspace);
  REQUIRE_FALSE(not_found);
  CHECK(std::string(not_found.error().message()) == "request_refused (HTTP 404)");
}
