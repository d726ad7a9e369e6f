// SPDX-License-Identifier: MIT
// Ten thousand threads that request the same token, over a real socket.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

#include <doctest/doctest.h>
#include <arc_identity/credential.hpp>
#include <arc_identity/testing/manual_clock.hpp>

#include "load/crowd.hpp"
#include "support/keyed_agent.hpp"
#include "support/watchdog.hpp"

namespace {

using namespace std::chrono_literals;
using arc_identity::testing::manual_clock;
using credential = arc_identity::basic_credential<arc_identity::basic_client<
    arc_identity::system::socket_transport, manual_clock, arc_identity::system::key_file_reader>>;

constexpr std::size_t many = 10'000;
const std::string vault = "https://vault.azure.net";

/// Counts the callers that got a token.
class counter {
 public:
  explicit counter(std::string expected) : expected_(std::move(expected)) {}
  void count(const arc_identity::result<arc_identity::access_token>& token) {
    if (token && token->secret() == expected_) ++count_;
  }
  std::size_t count() const { return count_; }

 private:
  const std::string expected_;
  std::atomic<std::size_t> count_{0};
};

credential make_credential(const keyed_agent& agent, const manual_clock& clock) {
  const std::string url = agent.url();
  arc_identity::options options;
  options.endpoint = url;
  options.key_directory = agent.key_directory();
  options.total_timeout = 10min;  // callers must not end before all others have started
  options.attempt_timeout = 10min;
  options.refresh_timeout = 10min;
  return credential(options, arc_identity::system::socket_transport{}, clock);
}

}  // namespace

TEST_CASE("crowd: 10,000 callers cause one fetch") {
  const watchdog guard("10,000 callers", 120s);
  keyed_agent agent(numbered_tokens);
  credential shared = make_credential(agent, manual_clock{});
  agent.hold();
  counter first("token-0");

  crowd callers(many, [&] { first.count(shared.get_token(vault)); });
  REQUIRE(callers.size() == many);
  callers.wait_until_asleep();
  CHECK(callers.over() == 0);
  agent.release();
  callers.join();

  CHECK(first.count() == many);
  CHECK(agent.requests() == 2);
  CHECK(agent.connections() == 1);
}

TEST_CASE("crowd: 10,000 calls of force_refresh cause one fetch") {
  const watchdog guard("10,000 callers who force", 120s);
  keyed_agent agent(numbered_tokens);
  credential shared = make_credential(agent, manual_clock{});
  REQUIRE(shared.get_token(vault));
  agent.hold();
  counter second("token-1");

  crowd callers(many, [&] { second.count(shared.force_refresh(vault)); });
  REQUIRE(callers.size() == many);
  callers.wait_until_asleep();
  CHECK(callers.over() == 0);
  agent.release();
  callers.join();

  CHECK(second.count() == many);
  CHECK(agent.requests() == 4);
}

TEST_CASE("crowd: one of 10,000 callers refreshes, and no other waits") {
  const watchdog guard("10,000 callers at a refresh", 120s);
  keyed_agent agent(numbered_tokens);
  manual_clock clock;
  credential shared = make_credential(agent, clock);
  REQUIRE(shared.get_token(vault));
  clock.advance(13h);  // after half of its lifetime
  agent.hold();
  counter old_ones("token-0");
  counter new_ones("token-1");

  crowd callers(many, [&] {
    const auto token = shared.get_token(vault);
    old_ones.count(token);
    new_ones.count(token);
  });
  REQUIRE(callers.size() == many);
  callers.wait_until_over(many - 1);  // while the agent holds back its answer
  CHECK(old_ones.count() == many - 1);
  CHECK(new_ones.count() == 0);
  agent.release();
  callers.join();

  CHECK(new_ones.count() == 1);
  CHECK(agent.requests() == 4);
}
