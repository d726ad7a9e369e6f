// SPDX-License-Identifier: MIT
// A credential in the child of a process that uses one.

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include <doctest/doctest.h>
#include <arc_identity/credential.hpp>

#include "load/crowd.hpp"
#include "support/keyed_agent.hpp"
#include "support/watchdog.hpp"

namespace {

using namespace std::chrono_literals;
using arc_identity::credential;
using arc_identity::errc;

const std::string vault = "https://vault.azure.net";
const std::string storage = "https://storage.azure.com";

credential make_credential(const keyed_agent& agent) {
  const std::string url = agent.url();
  arc_identity::options options;
  options.endpoint = url;
  options.key_directory = agent.key_directory();
  options.total_timeout = 2s;
  return credential(options);
}

bool got(const arc_identity::result<arc_identity::access_token>& token, const char* expected) {
  return token && token->secret() == expected;
}

/// Whether the action returns true in a child of this process, within 20 s.
bool holds_in_child(const std::function<bool()>& action) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(20);  // ends a hanging child
    ::_exit(action() ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return status == 0;
}

}  // namespace

TEST_CASE("fork: the child of a single-threaded process keeps the tokens and fetches its own") {
  const watchdog guard("fork_test");
  keyed_agent agent(numbered_tokens);
  credential shared = make_credential(agent);
  REQUIRE(got(shared.get_token(vault), "token-0"));

  CHECK(holds_in_child([&] {
    return got(shared.get_token(vault), "token-0") && got(shared.get_token(storage), "token-1") &&
           got(shared.force_refresh(vault), "token-2");
  }));

  // The parent is not affected.
  CHECK(got(shared.get_token(vault), "token-0"));
  CHECK(got(shared.get_token(storage), "token-3"));
}

TEST_CASE("fork: threads outside the credential do not affect the child") {
  const watchdog guard("fork_test");
  keyed_agent agent(numbered_tokens);
  credential shared = make_credential(agent);
  std::atomic<bool> may_end{false};
  crowd others(8, [&] {
    (void)shared.get_token(vault);
    while (!may_end) std::this_thread::sleep_for(1ms);
  });
  others.wait_until_asleep();

  CHECK(holds_in_child([&] {
    return got(shared.get_token(vault), "token-0") && got(shared.get_token(storage), "token-1") &&
           got(shared.force_refresh(vault), "token-2");
  }));
  may_end = true;
}

TEST_CASE("fork: another thread's fetch does not hang the child") {
  const watchdog guard("fork_test");
  keyed_agent agent(numbered_tokens);
  credential shared = make_credential(agent);
  REQUIRE(got(shared.get_token(storage), "token-0"));
  agent.hold();
  crowd fetching(1, [&] { (void)shared.get_token(vault); });
  fetching.wait_until_asleep();

  // Cached tokens are available; the fetch does not continue in the child, which waits until its
  // time limit and gets an error.
  CHECK(holds_in_child([&] {
    const bool has_cached = got(shared.get_token(storage), "token-0");
    const auto begin = std::chrono::steady_clock::now();
    const auto token = shared.get_token(vault);
    const auto took = std::chrono::steady_clock::now() - begin;
    return has_cached && !token && token.error().code() == errc::timed_out && took < 6s;
  }));
  agent.release();
}
