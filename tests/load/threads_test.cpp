// SPDX-License-Identifier: MIT
// Many threads, several keys, an agent that fails at random and an advancing clock: a credential
// keeps its promises in any order of events. Also built with ThreadSanitizer (preset tsan).

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <arc_identity/credential.hpp>
#include <arc_identity/testing/manual_clock.hpp>
#include <arc_identity/testing/memory_key_files.hpp>

#include "load/unreliable_agent.hpp"
#include "support/agent_texts.hpp"
#include "support/watchdog.hpp"

namespace {

using namespace std::chrono_literals;
using arc_identity::access_token;
using arc_identity::result;
using arc_identity::testing::manual_clock;
using arc_identity::testing::memory_key_files;
using credential = arc_identity::basic_credential<
    arc_identity::basic_client<unreliable_agent, manual_clock, memory_key_files>>;

constexpr int keys = 6;  // the agent does not answer for the first one at first

std::uint32_t seed() {
  const char* const given = std::getenv("ARC_IDENTITY_TEST_SEED");
  return given == nullptr ? std::random_device{}() : static_cast<std::uint32_t>(std::atoll(given));
}

/// For each key, the serial number of the newest token that any thread got: it, or a newer one, is
/// cached.
using known_tokens = std::array<std::atomic<long>, keys>;

/// One thread of the test, and what it has seen.
class caller {
 public:
  caller(const credential& shared, const unreliable_agent& agent, const manual_clock& clock,
         known_tokens& known, std::uint32_t seed)
      : credential_(shared), agent_(agent), clock_(clock), known_(known), engine_(seed) {}

  void call() {
    const int key = 1 + static_cast<int>(engine_() % (keys - 1));
    const std::string resource = unreliable_agent::resource(key);
    const long known = known_[index(key)];
    const moment start{clock_.now(), known};
    switch (engine_() % 16) {
      case 0: return check(key, start, last(key) + 1, credential_.force_refresh(resource));
      case 1: {
        if (last_[index(key)].empty()) return;
        return check(key, start, last(key) + 1,
                     credential_.force_refresh(resource, last_[index(key)]));
      }
      case 2: {
        credential_.refresh_due();
        expect(credential_.next_refresh() >= 0ms, "the next refresh lies behind");
        return;
      }
      case 3: return check(key, start, last(key), credential(credential_).get_token(resource));
      default: return check(key, start, last(key), credential_.get_token(resource));
    }
  }

  std::size_t tokens() const { return tokens_; }

 private:
  /// When a call starts.
  struct moment {
    std::chrono::milliseconds time;
    long known;
  };

  static std::size_t index(int key) { return static_cast<std::size_t>(key); }
  static token_facts facts(const access_token& token) {
    return token_facts::of(std::string(token.secret()));
  }
  /// The serial number of the last token that this thread got for `key`.
  long last(int key) const {
    const access_token& token = last_[index(key)];
    return token.empty() ? 0 : facts(token).serial;
  }
  void expect(bool holds, const char* what, const std::string& more = "") {
    agent_.found().expect(holds, what, more);
  }

  /// A token fetched during the call may have expired before it arrived, because the agent's answer
  /// may have taken long.
  static bool is_too_old(const token_facts& got, const moment& start) {
    return got.serial <= start.known && got.end <= start.time;
  }

  void check(int key, const moment& start, long least, const result<access_token>& token) {
    if (!token) return;  // if the agent fails, a call may fail
    const token_facts got = facts(*token);
    const std::string more = got.text() + " at " + std::to_string(start.time.count());
    expect(got.key == key, "a token of another key", more);
    expect(token->resource() == unreliable_agent::resource(key), "another resource", more);
    expect(!is_too_old(got, start), "an expired token", more);
    expect(got.serial >= least, "an older token than before, or a refused one", more);
    last_[index(key)] = *token;
    raise_to(known_[index(key)], got.serial);
    ++tokens_;
  }

  credential credential_;
  unreliable_agent agent_;
  manual_clock clock_;
  known_tokens& known_;
  std::mt19937 engine_;
  std::array<access_token, keys> last_{};
  std::size_t tokens_ = 0;
};

}  // namespace

TEST_CASE("threads: 64 threads get valid tokens despite random faults, expiry and refusals") {
  const watchdog guard("threads_test", 120s);
  const std::uint32_t start_seed = seed();
  MESSAGE("ARC_IDENTITY_TEST_SEED=", start_seed);
  const manual_clock clock;
  unreliable_agent agent(start_seed, clock);
  memory_key_files files;
  files.add(agent_texts::key_path, agent_texts::key);
  credential shared({}, agent, clock, files);

  // The agent does not answer for this key; its callers must not block others.
  std::atomic<int> held_over{0};
  std::vector<std::thread> held;
  for (int i = 0; i < 4; ++i) {
    held.emplace_back([&] {
      while (!shared.get_token(unreliable_agent::resource(unreliable_agent::held_key))) {
        std::this_thread::sleep_for(1ms);  // a connection failed before the agent got a request
      }
      ++held_over;
    });
  }

  std::atomic<bool> is_over{false};
  std::thread time([&] {
    manual_clock moved(clock);
    while (!is_over) {
      moved.advance(50ms);
      std::this_thread::sleep_for(1ms);
    }
  });

  known_tokens known{};
  std::atomic<std::size_t> tokens{0};
  std::vector<std::thread> threads;
  for (std::uint32_t i = 0; i < 60; ++i) {
    threads.emplace_back([&, i] {
      caller one(shared, agent, clock, known, start_seed + i);
      for (int calls = 0; calls < 2000; ++calls) {
        one.call();
        if (calls % 8 == 0) std::this_thread::sleep_for(1ms);
      }
      tokens += one.tokens();
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK_MESSAGE(held_over == 0, "the key that the agent holds back was not held back");

  agent.release();
  for (std::thread& thread : held) thread.join();
  is_over = true;
  time.join();
  CHECK(agent.found().first() == "");
  MESSAGE(tokens.load(), " tokens were handed out, of ", agent.tokens(), " that the agent made");
  CHECK(tokens > 1000);
  CHECK(agent.tokens() > 50);
}
