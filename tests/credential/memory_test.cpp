// SPDX-License-Identifier: MIT
// No freed memory contains a token or a key, and a credential without memory reports it.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <arc_identity/arc_identity.hpp>

#include "support/agent_texts.hpp"
#include "support/freed_memory.hpp"
#include "support/raw_agent.hpp"
#include "support/temporary_directory.hpp"

TEST_CASE("wiped memory: the test itself detects secrets in freed memory") {
  is_watching = true;
  freed_secrets = 0;
  {
    const std::string text(100, 'x');
    const std::string secret = std::string(marker) + text;
  }
  is_watching = false;
  CHECK(freed_secrets == 1);
}

TEST_CASE("wiped memory: freed memory contains neither key nor token") {
  const temporary_directory keys;
  const std::string path = keys.write("a.key", std::string(marker) + "-key");
  const std::string secret = std::string(marker) + "-token-" + std::string(500, 't');
  const std::string body = agent_texts::token_body("", secret);
  enum class ending { token, not_confirmed, cut, reset, twice_refused };
  for (const ending end :
       {ending::token, ending::not_confirmed, ending::cut, ending::reset, ending::twice_refused}) {
    CAPTURE(static_cast<int>(end));
    raw_agent agent([&](raw_connection& connection, std::size_t) {
      for (;;) {
        const std::string request = connection.read_request();
        if (request.empty()) return;
        if (!agent_texts::contains(request, "Authorization") || end == ending::twice_refused) {
          connection.send(agent_texts::challenge(path));
          continue;
        }
        const std::string answer = agent_texts::response(200, "", body);
        if (end == ending::token || end == ending::not_confirmed) {
          connection.send(answer);
          continue;
        }
        connection.send(answer.substr(0, answer.size() - 10));
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        if (end == ending::reset) return connection.reset();
        return;
      }
    });
    const std::string url = agent.url();
    const std::string directory = keys.path();
    is_watching = true;
    freed_blocks = freed_secrets = 0;
    bool has_token = false;
    {
      arc_identity::options options;
      options.endpoint = url;
      options.key_directory = directory;
      options.max_attempts = 2;
      arc_identity::credential credential(options);
      const auto identity = end == ending::not_confirmed
                                ? arc_identity::managed_identity_id::client_id("c")
                                : arc_identity::managed_identity_id::system_assigned();
      const auto first = credential.get_token({"https://vault.azure.net", identity});
      has_token = first.has_value();
      if (has_token) {
        const auto copy = credential.force_refresh("https://vault.azure.net");
        CHECK(copy.has_value());
      }
    }
    is_watching = false;
    CHECK(has_token == (end == ending::token));
    CHECK(freed_blocks > 3);
    CHECK(freed_secrets == 0);
  }
}

TEST_CASE("memory: a failed allocation gives out_of_memory, and the credential works later") {
  raw_agent agent([](raw_connection& connection, std::size_t) {
    connection.read_request();
    connection.send(agent_texts::token_response());
  });
  const std::string url = agent.url();
  arc_identity::options options;
  options.endpoint = url;
  for (const std::size_t blocks : {0U, 1U}) {  // the workspace, and then the token's own
    CAPTURE(blocks);
    arc_identity::credential credential(options);
    blocks_left = blocks;
    const auto none = credential.get_token("https://vault.azure.net");
    blocks_left = SIZE_MAX;
    REQUIRE_FALSE(none);
    CHECK(none.error().code() == arc_identity::errc::out_of_memory);
    CHECK(agent_texts::contains(none.error().message(), "memory"));
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));
    CHECK(credential.get_token("https://vault.azure.net"));
  }
}
