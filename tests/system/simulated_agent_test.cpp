// SPDX-License-Identifier: MIT
// The credential with the simulated agent.

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <arc_identity/arc_identity.hpp>

#include "simulate/simulated_agent.hpp"
#include "support/agent_texts.hpp"

namespace {

using agent_texts::contains;
using arc_identity::errc;
using arc_identity::managed_identity_id;
using arc_identity_cli::simulated_agent;
using arc_identity_cli::simulated_agent_options;

const std::string vault = "https://vault.azure.net";

/// A running agent, and a credential for it.
struct pair_of {
  explicit pair_of(const simulated_agent_options& given = {}) : agent(given) {
    REQUIRE(agent.start() == "");
    url = agent.endpoint();
  }

  arc_identity::credential make() const {
    arc_identity::options options;
    options.endpoint = url;
    options.key_directory = agent.key_directory();
    options.total_timeout = std::chrono::seconds(5);
    return arc_identity::credential(options);
  }

  simulated_agent agent;
  std::string url{};
};

}  // namespace

TEST_CASE("simulated agent: the second call takes the token from the cache") {
  const pair_of run;
  arc_identity::credential credential = run.make();
  const auto token = credential.get_token(vault);
  REQUIRE_MESSAGE(token, token.error().message());
  CHECK(token->secret().size() > 100);
  CHECK(token->expires_on() > std::chrono::system_clock::now() + std::chrono::hours(23));
  CHECK(credential.get_token(vault + "/.default")->secret() == token->secret());
  auto counters = run.agent.counters();
  CHECK(counters.requests == 2);
  CHECK(counters.challenges == 1);
  CHECK(counters.tokens == 1);
  CHECK(credential.force_refresh(vault));
  counters = run.agent.counters();
  CHECK(counters.requests == 4);
  CHECK(counters.wrong_keys == 0);
}

TEST_CASE("simulated agent: each variant of its answers gives a token") {
  simulated_agent_options at_once;
  at_once.challenge = false;
  simulated_agent_options numbers;
  numbers.numeric_expiry = true;
  simulated_agent_options large;
  large.token_size = 12'000;
  simulated_agent_options slow_start;
  slow_start.fail_first = 2;
  for (const auto& given : {at_once, numbers, large, slow_start}) {
    const pair_of run(given);
    const auto token = run.make().get_token(vault);
    CHECK_MESSAGE(token, token.error().message());
  }
}

TEST_CASE("simulated agent: user-assigned identities by client, object and resource id") {
  simulated_agent_options given;
  given.identities.resize(2);
  const pair_of run(given);
  arc_identity::credential credential = run.make();
  std::vector<std::string> secrets;
  for (const auto& identity : run.agent.identities()) {
    for (const managed_identity_id& id : {managed_identity_id::client_id(identity.client_id),
                                          managed_identity_id::object_id(identity.object_id),
                                          managed_identity_id::resource_id(identity.resource_id)}) {
      const auto token = credential.get_token({vault, id});
      REQUIRE_MESSAGE(token, token.error().message());
      secrets.emplace_back(token->secret());
    }
  }
  CHECK(run.agent.counters().tokens == 6);
  const auto stranger = credential.get_token({vault, managed_identity_id::client_id("nobody")});
  REQUIRE_FALSE(stranger);
  CHECK(stranger.error().code() == errc::identity_not_found);
}

TEST_CASE("simulated agent: --legacy gives no token for a user-assigned identity") {
  simulated_agent_options given;
  given.identities.resize(1);
  given.legacy = true;
  const pair_of run(given);
  arc_identity::credential credential = run.make();
  const auto& identity = run.agent.identities()[0];
  for (const managed_identity_id& id : {managed_identity_id::client_id(identity.client_id),
                                        managed_identity_id::object_id(identity.object_id),
                                        managed_identity_id::resource_id(identity.resource_id)}) {
    const auto token = credential.get_token({vault, id});
    REQUIRE_FALSE(token);
    CHECK(token.error().code() == errc::identity_not_confirmed);
  }
  CHECK(credential.get_token(vault));
}

TEST_CASE("simulated agent: keys in another directory are rejected") {
  const pair_of run;
  arc_identity::options options;
  options.endpoint = run.url;
  const auto token = arc_identity::credential(options).get_token(vault);
  REQUIRE_FALSE(token);
  CHECK(token.error().code() == errc::key_path_rejected);
  CHECK(contains(token.error().message(), run.agent.key_directory()));
}

TEST_CASE("simulated agent: 64 threads share one exchange") {
  simulated_agent_options given;
  given.latency = std::chrono::milliseconds(50);
  const pair_of run(given);
  const arc_identity::credential credential = run.make();
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 64; ++i) {
    threads.emplace_back([&] {
      if (arc_identity::credential(credential).get_token(vault)) ++right;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(right == 64);
  CHECK(run.agent.counters().requests == 2);
}

TEST_CASE("simulated agent: both requests use one connection") {
  const pair_of run;
  int connections = 0;
  arc_identity::options options;
  options.endpoint = run.url;
  options.key_directory = run.agent.key_directory();
  options.observer_context = &connections;
  options.observer = [](void* context, const arc_identity::event& event) {
    if (event.kind == arc_identity::event_kind::connected) ++*static_cast<int*>(context);
  };
  CHECK(arc_identity::credential(options).get_token(vault));
  CHECK(connections == 1);
}

TEST_CASE("simulated agent: the machine's metadata is read") {
  const pair_of run;
  arc_identity::options options;
  options.endpoint = run.url;
  arc_identity::client client(options);
  char workspace[16 * 1024];
  const auto machine = client.get_instance_metadata(workspace);
  REQUIRE_MESSAGE(machine, machine.error().message());
  CHECK(machine->location() == "westeurope");
  CHECK(contains(std::string(machine->resource_id()), "Microsoft.HybridCompute/machines/"));
  CHECK(machine->agent_time().count() > 1'700'000'000);
  std::string tags;
  machine->for_each_tag([&](const arc_identity::instance_tag& tag) {
    tags += std::string(tag.name) + '=' + std::string(tag.value) + ' ';
  });
  CHECK(tags == "city=Rotterdam simulated=yes ");
  const auto counters = run.agent.counters();
  CHECK(counters.requests == 1);
  CHECK(counters.documents == 1);
}
