// SPDX-License-Identifier: MIT
//
// A credential of the C interface, over a real socket.

#include <atomic>
#include <cstdint>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

#include "still_time.hpp"
#include "support.hpp"

using agent_texts::contains;
using namespace std::chrono_literals;

namespace {

int get(const credential& from, outcome& to, const char* resource = vault,
        const arc_identity_id* identity = nullptr) {
  return arc_identity_get_token(from.get(), resource, identity, &to.token, &to.error);
}

int refresh(const credential& from, outcome& to, const char* refused) {
  return arc_identity_force_refresh(from.get(), vault, nullptr, refused, &to.token, &to.error);
}

}  // namespace

TEST_CASE("C credential: a token is fetched once, then cached") {
  const keyed_agent agent;
  const agent_options given(agent);
  const credential credential(given.options);
  const std::int64_t begin = std::time(nullptr);
  for (int i = 0; i < 3; ++i) {
    outcome got;
    got.error.code = -1;
    got.error.message[0] = 'x';
    REQUIRE(get(credential, got) == ARC_IDENTITY_OK);
    CHECK(std::string(got.text) == agent_texts::token);
    CHECK(got.token.length == agent_texts::token.size());
    CHECK(got.token.expires_on >= begin + 86400);
    CHECK(got.token.expires_on <= std::time(nullptr) + 86400);
    CHECK(got.error.code == ARC_IDENTITY_OK);
    CHECK(std::string(got.error.message).empty());
  }
  CHECK(agent.keyed_requests() == 1);
}

TEST_CASE("C credential: strings of the options are copied") {
  const keyed_agent agent;
  arc_identity_credential* handle = nullptr;
  {
    const agent_options given(agent);
    REQUIRE(arc_identity_credential_create(&handle, &given.options, nullptr) == ARC_IDENTITY_OK);
  }
  outcome got;
  CHECK(arc_identity_get_token(handle, vault, nullptr, &got.token, &got.error) == ARC_IDENTITY_OK);
  arc_identity_credential_destroy(handle);
}

TEST_CASE("C credential: each kind of identity has its own parameter") {
  std::string last_request;
  const keyed_agent agent([&](std::size_t, const std::string& request) {
    last_request = request;
    return agent_texts::token_response(R"(,"client_id":"a","object_id":"a","msi_res_id":"a")");
  });
  const agent_options given(agent);
  const credential credential(given.options);
  outcome got;
  const arc_identity_id own = {ARC_IDENTITY_SYSTEM_ASSIGNED, nullptr};
  CHECK(get(credential, got, vault, &own) == ARC_IDENTITY_OK);
  CHECK(!contains(last_request, "_id="));
  CHECK(get(credential, got) == ARC_IDENTITY_OK);
  CHECK(agent.keyed_requests() == 1);
  const struct {
    int kind;
    const char* parameter;
  } kinds[] = {{ARC_IDENTITY_CLIENT_ID, "&client_id=a "},
               {ARC_IDENTITY_OBJECT_ID, "&object_id=a "},
               {ARC_IDENTITY_RESOURCE_ID, "&msi_res_id=a "}};
  for (const auto& selector : kinds) {
    CAPTURE(selector.parameter);
    const arc_identity_id identity = {selector.kind, "a"};
    CHECK(get(credential, got, vault, &identity) == ARC_IDENTITY_OK);
    CHECK(contains(last_request, selector.parameter));
  }
  CHECK(agent.keyed_requests() == 4);
  const arc_identity_id other = {ARC_IDENTITY_CLIENT_ID, "b"};
  CHECK(get(credential, got, vault, &other) == ARC_IDENTITY_IDENTITY_NOT_CONFIRMED);
  CHECK(std::string(got.text).empty());
}

TEST_CASE("C credential: an error has code, status and the agent's text") {
  const keyed_agent agent([](std::size_t, const std::string&) {
    return agent_texts::failure(404, "identity_not_found", "no such identity here");
  });
  const agent_options given(agent);
  still_time time;
  const credential credential(given.options);
  outcome got;
  got.text[0] = 'x';
  REQUIRE(get(credential, got) == ARC_IDENTITY_IDENTITY_NOT_FOUND);
  CHECK(got.error.code == ARC_IDENTITY_IDENTITY_NOT_FOUND);
  CHECK(got.error.http_status == 404);
  CHECK(contains(got.error.message, "no such identity here"));
  CHECK(contains(got.error.message, "Assign this identity"));
  CHECK(got.text[0] == '\0');
  CHECK(got.token.length == 0);
  CHECK(got.token.expires_on == 0);
  SUBCASE("the error is returned for a second without a new attempt") {
    time.advance(999ms);
    CHECK(get(credential, got) == ARC_IDENTITY_IDENTITY_NOT_FOUND);
    CHECK(contains(got.error.message, "no such identity here"));
    CHECK(agent.keyed_requests() == 1);
    time.advance(1ms);
    CHECK(get(credential, got) == ARC_IDENTITY_IDENTITY_NOT_FOUND);
    CHECK(agent.keyed_requests() == 2);
  }
  SUBCASE("the code is returned without an error structure") {
    CHECK(arc_identity_get_token(credential.get(), vault, nullptr, &got.token, nullptr) ==
          ARC_IDENTITY_IDENTITY_NOT_FOUND);
  }
}

TEST_CASE("C credential: an error has the system's error number") {
  std::string url;
  {
    const raw_agent gone([](raw_connection&, std::size_t) {});
    url = gone.url();
  }
  arc_identity_options options = ARC_IDENTITY_OPTIONS_INIT;
  options.endpoint = url.c_str();
  options.max_attempts = 1;
  const credential credential(options);
  outcome got;
  CHECK(get(credential, got) == ARC_IDENTITY_CONNECTION_REFUSED);
  CHECK(got.error.system_error == ECONNREFUSED);
}

TEST_CASE("C credential: a small buffer is refused with the size needed, the token stays cached") {
  const keyed_agent agent;
  const agent_options given(agent);
  const credential credential(given.options);
  const std::size_t length = agent_texts::token.size();
  for (const std::size_t capacity : {std::size_t{0}, std::size_t{1}, length}) {
    CAPTURE(capacity);
    std::vector<char> space(capacity + 1, 'x');
    arc_identity_token token = {capacity == 0 ? nullptr : space.data(), capacity, 0, 0};
    arc_identity_error error;
    REQUIRE(arc_identity_get_token(credential.get(), vault, nullptr, &token, &error) ==
            ARC_IDENTITY_BUFFER_TOO_SMALL);
    CHECK(error.code == ARC_IDENTITY_BUFFER_TOO_SMALL);
    CHECK(contains(error.message, std::to_string(length + 1)));
    CHECK(token.length == length);
    CHECK(token.expires_on == 0);
    CHECK(space[capacity] == 'x');
    if (capacity != 0) CHECK(space[0] == '\0');
  }
  std::vector<char> enough(length + 1, 'x');
  arc_identity_token token = {enough.data(), enough.size(), 0, 0};
  CHECK(arc_identity_get_token(credential.get(), vault, nullptr, &token, nullptr) ==
        ARC_IDENTITY_OK);
  CHECK(enough.data() == agent_texts::token);
  CHECK(agent.keyed_requests() == 1);
}

TEST_CASE("C credential: a refused token is replaced once") {
  const keyed_agent agent(numbered_tokens);
  const agent_options given(agent);
  const credential credential(given.options);
  outcome got;
  REQUIRE(refresh(credential, got, "token-x") == ARC_IDENTITY_OK);  // There was no token.
  CHECK(std::string(got.text) == "token-0");
  REQUIRE(refresh(credential, got, "token-0") == ARC_IDENTITY_OK);
  CHECK(std::string(got.text) == "token-1");
  REQUIRE(refresh(credential, got, "token-0") == ARC_IDENTITY_OK);  // Another token was cached.
  CHECK(std::string(got.text) == "token-1");
  REQUIRE(refresh(credential, got, nullptr) == ARC_IDENTITY_OK);
  CHECK(std::string(got.text) == "token-2");
  REQUIRE(get(credential, got) == ARC_IDENTITY_OK);
  CHECK(std::string(got.text) == "token-2");
  REQUIRE(refresh(credential, got, got.text) == ARC_IDENTITY_OK);  // The text may be the buffer.
  CHECK(std::string(got.text) == "token-3");
}

TEST_CASE("C credential: a token is refreshed early, and kept if that fails") {
  const keyed_agent agent([](std::size_t index, const std::string&) {
    return index == 1 ? agent_texts::failure(403, "busy", "not now")
                      : agent_texts::numbered_token(index, "2");
  });
  const agent_options given(agent);
  still_time time;
  const credential credential(given.options);
  outcome got;
  REQUIRE(get(credential, got) == ARC_IDENTITY_OK);
  time.advance(1s);  // half of its lifetime
  REQUIRE(get(credential, got) == ARC_IDENTITY_OK);
  CHECK(std::string(got.text) == "token-0");
  CHECK(agent.keyed_requests() == 2);
  REQUIRE(get(credential, got) == ARC_IDENTITY_OK);
  CHECK(agent.keyed_requests() == 2);  // The next try waits.
  time.advance(1s);
  REQUIRE(get(credential, got) == ARC_IDENTITY_OK);
  CHECK(std::string(got.text) == "token-2");
  time.advance(1s);
  REQUIRE(get(credential, got) == ARC_IDENTITY_OK);
  CHECK(std::string(got.text) == "token-3");
}

TEST_CASE("C credential: concurrent calls share one fetch") {
  const keyed_agent agent([](std::size_t index, const std::string&) {
    std::this_thread::sleep_for(100ms);
    return agent_texts::numbered_token(index);
  });
  const agent_options given(agent);
  const credential credential(given.options);
  std::vector<outcome> got(8);
  std::vector<int> codes(got.size(), -1);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < got.size(); ++i) {
    got[i].token.text = got[i].text;
    threads.emplace_back([&, i] { codes[i] = get(credential, got[i]); });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < got.size(); ++i) {
    CHECK(codes[i] == ARC_IDENTITY_OK);
    CHECK(std::string(got[i].text) == "token-0");
  }
  CHECK(agent.keyed_requests() == 1);
}

TEST_CASE("C credential: waiting for another thread's fetch ends at the call's time limit") {
  keyed_agent agent;
  agent.hold();
  agent_options given(agent);
  given.options.total_timeout_ms = 300;
  const credential credential(given.options);
  outcome one;
  outcome other;
  std::atomic<int> code{-1};
  std::thread first([&] { code = get(credential, one); });
  REQUIRE(agent.wait_for_keyed_requests(1));
  CHECK(get(credential, other) == ARC_IDENTITY_TIMED_OUT);
  first.join();
  CHECK(code == ARC_IDENTITY_TIMED_OUT);
}

TEST_CASE("C credential: beyond 64 tokens the least recently used is dropped") {
  const keyed_agent agent(numbered_tokens);
  const agent_options given(agent);
  still_time time;
  const credential credential(given.options);
  outcome got;
  for (std::size_t i = 0; i < 65; ++i) {
    REQUIRE(get(credential, got, ("https://" + std::to_string(i)).c_str()) == ARC_IDENTITY_OK);
    if (i == 0) time.advance(1ms);
  }
  CHECK(agent.keyed_requests() == 65);
  REQUIRE(get(credential, got, "https://64") == ARC_IDENTITY_OK);
  CHECK(agent.keyed_requests() == 65);
  REQUIRE(get(credential, got, "https://0") == ARC_IDENTITY_OK);
  CHECK(agent.keyed_requests() == 66);
}
