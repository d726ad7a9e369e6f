// SPDX-License-Identifier: MIT
// The effect of `ARC_IDENTITY_SMALL`: messages have no sentences. Other units of this program have
// them.
#define ARC_IDENTITY_SMALL
#include <arc_identity/core.hpp>
#include <arc_identity/testing/manual_clock.hpp>
#include <arc_identity/testing/memory_key_files.hpp>
#include <arc_identity/testing/scripted_transport.hpp>

#include <string>
#include <type_traits>

#include <doctest/doctest.h>

#include "support/agent_texts.hpp"

namespace {

using arc_identity::errc;
using arc_identity::error;

std::string message_of(const arc_identity::detail::failure& failure) {
  return error(failure).message();
}

}  // namespace

TEST_CASE("small: a message has the code's name, the agent's text and the numbers") {
  CHECK(message_of({errc::timed_out, "a sentence"}) == "timed_out");
  CHECK(message_of({errc::request_refused, "a sentence", {"code", "words"}, 403, 13}) ==
        "request_refused: code: words (HTTP 403) (system error 13)");
  CHECK(message_of({errc::key_file_denied, "a sentence", {"/a.key"}, 0, 0, "a remedy"}) ==
        "key_file_denied: /a.key");
}

TEST_CASE("small: an error is small, and long texts are cut") {
  CHECK(sizeof(error) <= 144);
  const std::string words(300, 'w');
  const std::string message = message_of({errc::request_refused, "a sentence", {words, words}});
  CHECK(message ==
        "request_refused: " + words.substr(0, 40) + "...: " + words.substr(0, 40) + "...");
}

TEST_CASE("small: a rule's message is its code's name and the numbers") {
  using arc_identity::detail::reason;
  arc_identity::detail::failure refused =
      arc_identity::detail::violation(reason::refused, "localhost:40342");
  refused.system_error = 111;
  CHECK(message_of(refused) == "connection_refused: localhost:40342 (system error 111)");
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
  CHECK(std::string(none.error().message()) == "request_refused: forbidden: Not today (HTTP 403)");
}
