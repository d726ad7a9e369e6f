// SPDX-License-Identifier: MIT
// The cost of a credential's get_token with a cached token: in one thread, and in several threads
// that request the same token or one each.

#include <cstddef>
#include <cstdlib>
#include <map>
#include <string>

#include <benchmark/benchmark.h>
#include <arc_identity/arc_identity.hpp>
#include <arc_identity/testing/memory_key_files.hpp>
#include <arc_identity/testing/scripted_transport.hpp>

#include "support/agent_texts.hpp"

namespace {

using arc_identity::testing::scripted_transport;

// The system's clock, because reading it is part of each call.
using credential = arc_identity::basic_credential<arc_identity::basic_client<
    scripted_transport, arc_identity::system::clock, arc_identity::testing::memory_key_files>>;

std::string resource(int index) { return "https://vault-" + std::to_string(index) + ".azure.net"; }

/// One credential for all threads of a benchmark, with `keys` tokens in its cache.
credential& shared_credential(int keys) {
  static std::map<int, credential> credentials;
  const auto known = credentials.find(keys);
  if (known != credentials.end()) return known->second;
  const std::string body = agent_texts::token_body("", std::string(1500, 'x'));
  scripted_transport agent;
  for (int key = 0; key < keys; ++key) agent.on_receive(agent_texts::response(200, "", body));
  credential& made = credentials.emplace(keys, credential({}, agent)).first->second;
  for (int key = 0; key < keys; ++key) {
    if (!made.get_token(resource(key))) std::abort();
  }
  return made;
}

void get_cached(benchmark::State& state, credential& shared, const std::string& wanted) {
  for (auto _ : state) {
    auto token = shared.get_token(wanted);
    benchmark::DoNotOptimize(token);
    if (!token) state.SkipWithError("no token");
  }
}

void same_key(benchmark::State& state) {
  static credential& shared = shared_credential(1);
  get_cached(state, shared, resource(0));
}
BENCHMARK(same_key)->ThreadRange(1, 8)->UseRealTime();

void key_each(benchmark::State& state) {
  static credential& shared = shared_credential(8);
  get_cached(state, shared, resource(state.thread_index()));
}
BENCHMARK(key_each)->ThreadRange(2, 8)->UseRealTime();

/// The last of this many keys.
void last_of_keys(benchmark::State& state) {
  const int keys = static_cast<int>(state.range(0));
  get_cached(state, shared_credential(keys), resource(keys - 1));
}
BENCHMARK(last_of_keys)->Arg(1)->Arg(8)->Arg(64);

void copy_token(benchmark::State& state) {
  static const auto token = *shared_credential(1).get_token(resource(0));
  for (auto _ : state) {
    auto copy = token;
    benchmark::DoNotOptimize(copy);
  }
}
BENCHMARK(copy_token)->ThreadRange(1, 8)->UseRealTime();

void read_clock(benchmark::State& state) {
  const arc_identity::system::clock clock;
  for (auto _ : state) benchmark::DoNotOptimize(clock.now());
}
BENCHMARK(read_clock);

}  // namespace
