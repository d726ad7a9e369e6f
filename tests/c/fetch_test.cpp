// SPDX-License-Identifier: MIT
//
// A token without a credential, using only the caller's memory.

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <string>
#include <vector>

#include "heap.hpp"
#include "support.hpp"

using agent_texts::contains;

TEST_CASE("C fetch: the token is at the buffer's start, and the rest is wiped") {
  const keyed_agent agent;
  const agent_options given(agent);
  std::vector<char> space(16 * 1024, 'x');
  arc_identity_token token = {space.data(), space.size(), 0, 0};
  arc_identity_error error;
  const std::int64_t begin = std::time(nullptr);
  heap::allocations = 0;
  REQUIRE(arc_identity_fetch_token(&given.options, vault, nullptr, &token, &error) ==
          ARC_IDENTITY_OK);
  CHECK(heap::allocations == 0);
  CHECK(space.data() == agent_texts::token);
  CHECK(token.length == agent_texts::token.size());
  CHECK(token.expires_on >= begin + 86400);
  CHECK(token.expires_on <= std::time(nullptr) + 86400);
  CHECK(error.code == ARC_IDENTITY_OK);
  CHECK(std::all_of(space.begin() + static_cast<std::ptrdiff_t>(token.length), space.end(),
                    [](char c) { return c == '\0'; }));
}

TEST_CASE("C fetch: each call makes an exchange") {
  const keyed_agent agent;
  const agent_options given(agent);
  outcome got;
  for (int i = 0; i < 2; ++i) {
    CHECK(arc_identity_fetch_token(&given.options, vault, nullptr, &got.token, &got.error) ==
          ARC_IDENTITY_OK);
  }
  CHECK(agent.keyed_requests() == 2);
}

TEST_CASE("C fetch: a buffer of any size gives a token or an error") {
  const std::string secret(2000, 't');
  const keyed_agent agent([&](std::size_t, const std::string&) {
    return agent_texts::response(200, "", agent_texts::token_body("", secret));
  });
  const agent_options given(agent);
  bool seen[3] = {};
  for (std::size_t capacity = 0; capacity < 3000; capacity += 50) {
    CAPTURE(capacity);
    std::vector<char> space(capacity + 1, 'x');
    arc_identity_token token = {space.data(), capacity, 0, 0};
    arc_identity_error error;
    const int code = arc_identity_fetch_token(&given.options, vault, nullptr, &token, &error);
    CHECK(space[capacity] == 'x');
    if (code == ARC_IDENTITY_OK) {
      CHECK(space.data() == secret);
      seen[0] = true;
    } else {
      CHECK(contains(error.message, "Pass a buffer") == (code == ARC_IDENTITY_WORKSPACE_TOO_SMALL));
      seen[code == ARC_IDENTITY_WORKSPACE_TOO_SMALL ? 1 : 2] = true;
      CHECK((code == ARC_IDENTITY_WORKSPACE_TOO_SMALL || code == ARC_IDENTITY_RESPONSE_TOO_LARGE));
      CHECK(std::find(space.begin(), space.end(), 't') == space.end());
    }
  }
  CHECK(seen[0]);
  CHECK(seen[1]);
  CHECK(seen[2]);
}
