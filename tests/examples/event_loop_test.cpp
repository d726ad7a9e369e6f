// SPDX-License-Identifier: MIT
/// Runs an example of an event loop with slow or faulty agents. The macro EXAMPLE is its file.
#define main example_main
#include EXAMPLE
#undef main

#include "support/peer_process.hpp"
#include "support/raw_agent.hpp"
#include "support/temporary_directory.hpp"

#include <set>

#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

using namespace std::chrono_literals;

namespace {

/// The results of exchanges, collected by an observer.
struct outcome {
  std::size_t connections = 0;
  std::size_t tokens = 0;
  std::vector<arc_identity::errc> reasons;  ///< of attempts before the last
  std::set<std::chrono::milliseconds> waits;
  bool all_have_tokens = false;  ///< at the end
  std::chrono::steady_clock::duration time{};
};

void observe(void* context, const arc_identity::event& event) {
  auto& seen = *static_cast<outcome*>(context);
  if (event.kind == arc_identity::event_kind::connected) ++seen.connections;
  if (event.kind == arc_identity::event_kind::token_received) ++seen.tokens;
  if (event.kind == arc_identity::event_kind::retrying) {
    seen.reasons.push_back(event.reason);
    seen.waits.insert(event.wait);
  }
}

/// Whether all got a token.
bool run_exchanges(std::size_t count, const arc_identity::endpoint& endpoint,
                   const arc_identity::options& options) {
  constexpr const char* resource = "https://vault.azure.net";
#if defined(ASIO_VERSION)
  asio::io_context loop(1);
  int exit_code = 0;
  for (std::size_t i = 0; i < count; ++i) {
    asio::co_spawn(loop, print_token(endpoint, resource, options, exit_code), asio::detached);
  }
  loop.run();
  return exit_code == 0;
#else
  std::deque<exchange> exchanges;
  for (std::size_t i = 0; i < count; ++i) exchanges.emplace_back(endpoint, resource, options);
  run(exchanges);
  bool all_have_tokens = true;
  for (const exchange& each : exchanges) all_have_tokens = each.print_result() && all_have_tokens;
  return all_have_tokens;
#endif
}

/// `count` exchanges at once.
outcome ask(std::size_t count, const std::string& url, arc_identity::options options) {
  outcome seen;
  options.observer = observe;
  options.observer_context = &seen;
  const auto endpoint = arc_identity::endpoint::parse(url);
  REQUIRE(endpoint);
  const auto start = std::chrono::steady_clock::now();
  seen.all_have_tokens = run_exchanges(count, *endpoint, options);
  seen.time = std::chrono::steady_clock::now() - start;
  return seen;
}

const std::string fresh =
    agent_texts::response(200, "", R"({"access_token":"eyJ.a.b","expires_in":3600})");

TEST_CASE("connected() is reported only after the peer accepted") {
  const raw_listener listener(
      {"127.0.0.1", 0, 0});  // Linux queues one connection more than the backlog.
  arc_identity::options options;
  options.total_timeout = 1s;
  const outcome seen = ask(3, listener.url(), options);
  CHECK(seen.connections == 1);
  CHECK(seen.tokens == 0);
  CHECK(seen.reasons.empty());
  CHECK(seen.time < 5s);
}

TEST_CASE("a silent connection is given up in time for another attempt") {
  const raw_agent agent([](raw_connection& connection, std::size_t index) {
    connection.read_request();
    index == 1 ? connection.wait_for_client_to_close() : void(connection.send(fresh));
  });
  arc_identity::options options;
  options.attempt_timeout = 1s;
  const outcome seen = ask(2, agent.url(), options);
  CHECK(seen.tokens == 2);
  CHECK(seen.all_have_tokens);
  CHECK(seen.reasons == std::vector{arc_identity::errc::timed_out});
  CHECK(seen.time < 5s);
}

TEST_CASE("the last attempt's timeout ends the exchange") {
  const raw_agent agent(
      [](raw_connection& connection, std::size_t) { connection.wait_for_client_to_close(); });
  arc_identity::options options;
  options.attempt_timeout = 500ms;
  options.max_attempts = 2;
  const outcome seen = ask(1, agent.url(), options);
  CHECK(seen.connections == 2);
  CHECK(seen.reasons.size() == 1);
  CHECK(seen.time < 5s);
}

TEST_CASE("a wait beyond the deadline ends the exchange") {
  const raw_agent agent([](raw_connection& connection, std::size_t) {
    connection.read_request();
    connection.send("HTTP/1.1 503 Busy\r\nRetry-After: 60\r\nContent-Length: 0\r\n\r\n");
  });
  arc_identity::options options;
  options.total_timeout = 20s;
  const outcome seen = ask(1, agent.url(), options);
  CHECK(seen.connections == 1);
  CHECK(!seen.all_have_tokens);
  CHECK(seen.time < 10s);
}

TEST_CASE("another user's program that repeats the agent's challenge gets no key") {
  if (::geteuid() != 0) {
    MESSAGE("not run, for only root can start a program of another user");
    return;
  }
  const temporary_directory folder;
  peer_behaviour behaviour;
  behaviour.user = 65534;
  behaviour.key_path = folder.write("a.key", agent_texts::key);
  arc_identity::options options;
  options.key_directory = folder.path();
  const peer_process attacker(behaviour);
  CHECK_FALSE(ask(1, attacker.url(), options).all_have_tokens);
  CHECK_FALSE(attacker.has_key());
  options.agent_check = arc_identity::agent_check::strict;
  CHECK(ask(1, attacker.url(), options).connections == 0);  // not even a request
  options.agent_check = arc_identity::agent_check::none;
  CHECK(ask(1, attacker.url(), options).all_have_tokens);
  CHECK(attacker.has_key());
  behaviour.user = 0;
  const peer_process agent(behaviour);
  options.agent_check = arc_identity::agent_check::strict;
  CHECK(ask(1, agent.url(), options).all_have_tokens);
}

TEST_CASE("an expired token gives an error") {
  const raw_agent agent([](raw_connection& connection, std::size_t) {
    connection.read_request();
    connection.send(
        agent_texts::response(200, "", R"({"access_token":"eyJ.a.b","expires_on":"1500000000"})"));
  });
  CHECK(ask(1, agent.url(), {}).tokens == 0);
}

TEST_CASE("exchanges refused together do not retry together") {
  arc_identity::options options;
  options.max_attempts = 2;
  const outcome seen = ask(8, "http://127.0.0.1:1", options);
  CHECK(seen.reasons.size() == 8);
  CHECK(seen.waits.size() > 1);
}

}  // namespace
