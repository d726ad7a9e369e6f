// SPDX-License-Identifier: MIT
// Who gets the key: by the owners of the key file and of the connection, in a client and in a
// handshake that a program drives itself.

#include <string>

#include <doctest/doctest.h>
#include <arc_identity/core.hpp>
#include <arc_identity/testing/manual_clock.hpp>
#include <arc_identity/testing/memory_key_files.hpp>
#include <arc_identity/testing/scripted_transport.hpp>

#include "support/agent_texts.hpp"

namespace {

using namespace agent_texts;
using arc_identity::agent_check;
using arc_identity::errc;
using arc_identity::file_owner;
using arc_identity::loopback_address;
using arc_identity::need;
using arc_identity::owner_status;
using arc_identity::peer_owner_result;
using arc_identity::testing::manual_clock;
using arc_identity::testing::memory_key_files;
using arc_identity::testing::scripted_transport;

constexpr file_owner unknown_file{};
constexpr file_owner himds_file{998, true};
constexpr peer_owner_result himds_peer{owner_status::known, false, 998};
constexpr peer_owner_result trusted_himds_peer{owner_status::known, true, 998};
constexpr peer_owner_result root_peer{owner_status::known, true, 0};
constexpr peer_owner_result mallory_peer{owner_status::known, false, 1001};
constexpr peer_owner_result unknown_peer{};
constexpr peer_owner_result hidden_peer{owner_status::hidden};
constexpr peer_owner_result failed_peer{owner_status::busy, false, 0, 24};

/// Counts the lookups. Like the system's transport, it determines only if necessary whether a user
/// is the agent's.
class noting_transport : public scripted_transport {
 public:
  explicit noting_transport(const scripted_transport& script, int* questions)
      : scripted_transport(script), questions_(questions) {}
  peer_owner_result peer_owner(const loopback_address& peer, const file_owner& key_file) {
    ++*questions_;
    peer_owner_result found = scripted_transport::peer_owner(peer, key_file);
    if (key_file.is_known && key_file.user == found.user) found.is_agent = false;
    return found;
  }

 private:
  int* questions_;
};

/// A transport without peer_owner.
class plain_transport {
 public:
  explicit plain_transport(const scripted_transport& script) : script_(script) {}
  arc_identity::io_result connect(const loopback_address& peer, std::chrono::milliseconds time) {
    return script_.connect(peer, time);
  }
  arc_identity::io_result send(arc_identity::const_buffer bytes, std::chrono::milliseconds time) {
    return script_.send(bytes, time);
  }
  arc_identity::io_result receive(arc_identity::mutable_buffer space,
                                  std::chrono::milliseconds time) {
    return script_.receive(space, time);
  }
  void close() { script_.close(); }

 private:
  scripted_transport script_;
};

/// An exchange whose agent answers with a challenge and a token.
struct stage {
  stage(agent_check check, const file_owner& file, const peer_owner_result& peer) {
    options.agent_check = check;
    options.max_attempts = 2;
    files.add(key_path, key, file);
    agent.set_peer_owner(peer);
  }

  void script_exchange(const std::string& fields = "") {
    agent.on_receive(challenge(key_path, fields));
    agent.on_receive(token_response());
  }

  template <class Transport>
  errc run(const Transport& transport) {
    arc_identity::basic_client<Transport, manual_clock, memory_key_files> client(options, transport,
                                                                                 clock, files);
    const auto token = client.get_token({"https://vault.azure.net"}, workspace);
    is_key_sent = false;
    for (std::size_t i = 0; i < agent.connections(); ++i) {
      is_key_sent = is_key_sent || contains(agent.sent(i), key);
    }
    CHECK(is_key_sent == static_cast<bool>(token));
    if (token) return {};
    message = token.error().message();
    system_error = token.error().system_error();
    CHECK_FALSE(contains(message, key));
    CHECK(std::string(workspace, sizeof workspace).find(key) == std::string::npos);
    return token.error().code();
  }

  errc code() {
    script_exchange();
    return run(noting_transport(agent, &questions));
  }

  arc_identity::options options;
  scripted_transport agent;
  manual_clock clock;
  memory_key_files files;
  char workspace[16 * 1024] = {};
  std::string message;
  int system_error = 0;
  int questions = 0;
  bool is_key_sent = false;
};

errc code(agent_check check, const file_owner& file, const peer_owner_result& peer) {
  return stage(check, file, peer).code();
}

constexpr errc sent{};
constexpr errc refused = errc::agent_not_verified;

}  // namespace

TEST_CASE(
    "agent check owner: the key is sent to its file's owner, the agent, or an unknown owner") {
  CHECK(code(agent_check::owner, himds_file, himds_peer) == sent);
  CHECK(code(agent_check::owner, himds_file, root_peer) == sent);
  CHECK(code(agent_check::owner, himds_file, unknown_peer) == sent);
  CHECK(code(agent_check::owner, unknown_file, unknown_peer) == sent);
  CHECK(code(agent_check::owner, unknown_file, himds_peer) == sent);
  CHECK(code(agent_check::owner, unknown_file, mallory_peer) == sent);
}

TEST_CASE("agent check owner: the key is not sent to another or a hidden user") {
  CHECK(code(agent_check::owner, himds_file, mallory_peer) == refused);
  CHECK(code(agent_check::owner, himds_file, hidden_peer) == refused);
  CHECK(code(agent_check::owner, unknown_file, hidden_peer) == refused);
}

TEST_CASE("agent check strict: the peer must be root or himds and own the key file") {
  constexpr file_owner root_file{0, true};
  constexpr file_owner mallory_file{1001, true};
  CHECK(code(agent_check::strict, himds_file, trusted_himds_peer) == sent);
  CHECK(code(agent_check::strict, root_file, root_peer) == sent);
  CHECK(code(agent_check::strict, himds_file, root_peer) == refused);
  CHECK(code(agent_check::strict, root_file, trusted_himds_peer) == refused);
  CHECK(code(agent_check::strict, mallory_file, mallory_peer) == refused);
  CHECK(code(agent_check::strict, unknown_file, root_peer) == refused);
  CHECK(code(agent_check::strict, himds_file, unknown_peer) == refused);
  CHECK(code(agent_check::strict, himds_file, hidden_peer) == refused);
}

TEST_CASE("agent check strict: nothing is sent to another user or an unknown owner") {
  for (const peer_owner_result& peer : {mallory_peer, unknown_peer, hidden_peer}) {
    stage run(agent_check::strict, himds_file, peer);
    CHECK(run.code() == refused);
    CHECK(run.agent.sent(0) == "");
    CHECK(run.questions == 1);
  }
  stage plain(agent_check::strict, himds_file, {});
  plain.script_exchange();
  CHECK(plain.run(plain_transport(plain.agent)) == refused);
  CHECK(plain.agent.sent(0) == "");
}

TEST_CASE("agent check: verify_agent means strict, whatever agent_check is") {
  for (const agent_check check : {agent_check::owner, agent_check::strict, agent_check::none}) {
    stage run(check, himds_file, root_peer);
    run.options.verify_agent = true;
    CHECK(run.code() == refused);
    CHECK_FALSE(run.is_key_sent);
  }
}

TEST_CASE("agent check none: the key is sent to any peer, without a lookup") {
  for (const peer_owner_result& peer : {mallory_peer, unknown_peer, hidden_peer, failed_peer}) {
    stage run(agent_check::none, himds_file, peer);
    CHECK(run.code() == sent);
    CHECK(run.questions == 0);
  }
}

TEST_CASE("agent check owner: a transport that reports no owners gets tokens") {
  stage run(agent_check::owner, himds_file, {});
  run.script_exchange();
  CHECK(run.run(plain_transport(run.agent)) == sent);
}

TEST_CASE("agent check: the connection that carries the key is looked up once") {
  stage kept(agent_check::owner, himds_file, himds_peer);
  CHECK(kept.code() == sent);
  CHECK(kept.questions == 1);
  CHECK(kept.agent.connections() == 1);

  stage reconnecting(agent_check::owner, himds_file, himds_peer);
  reconnecting.script_exchange("Connection: close\r\n");
  CHECK(reconnecting.run(noting_transport(reconnecting.agent, &reconnecting.questions)) == sent);
  CHECK(reconnecting.questions == 1);
  CHECK(reconnecting.agent.connections() == 2);

  stage strict(agent_check::strict, himds_file, trusted_himds_peer);
  CHECK(strict.code() == sent);
  CHECK(strict.questions == 2);

  stage strict_reconnecting(agent_check::strict, himds_file, trusted_himds_peer);
  strict_reconnecting.script_exchange("Connection: close\r\n");
  CHECK(strict_reconnecting.run(
            noting_transport(strict_reconnecting.agent, &strict_reconnecting.questions)) == sent);
  CHECK(strict_reconnecting.questions == 3);
}

TEST_CASE("agent check: without a key there is no lookup") {
  stage run(agent_check::owner, himds_file, mallory_peer);
  run.agent.on_receive(token_response());
  arc_identity::basic_client<noting_transport, manual_clock, memory_key_files> client(
      run.options, noting_transport(run.agent, &run.questions), run.clock, run.files);
  CHECK(client.get_token({"https://vault.azure.net"}, run.workspace));
  CHECK(run.questions == 0);
}

TEST_CASE("agent check: the message names both users and the remedy") {
  stage differ(agent_check::owner, himds_file, mallory_peer);
  CHECK(differ.code() == refused);
  CHECK(differ.message ==
        "the agent's connection and the key file have different owners: user 1001, not user 998. "
        "Check the listener (ss -ltnp), or set agent_check to none");
  stage largest(agent_check::owner, {4294967294, true}, {owner_status::known, false, 4294967295});
  CHECK(largest.code() == refused);
  CHECK(contains(largest.message, ": user 4294967295, not user 4294967294. "));
  stage strict(agent_check::strict, himds_file, mallory_peer);
  CHECK(strict.code() == refused);
  CHECK(contains(strict.message,
                 "neither root nor the user himds owns the agent's connection: user 1001. "));
  stage hidden(agent_check::owner, himds_file, {owner_status::hidden, false, 0, 22});
  CHECK(hidden.code() == refused);
  CHECK(contains(hidden.message,
                 "the system hides the owner of the agent's connection (system error 22)"));
  stage unknown(agent_check::strict, himds_file, unknown_peer);
  CHECK(unknown.code() == refused);
  CHECK(contains(unknown.message, "the owner of the agent's connection is unknown"));
  stage unknown_owner(agent_check::strict, unknown_file, root_peer);
  CHECK(unknown_owner.code() == refused);
  CHECK(contains(unknown_owner.message, "the owner of the key file is unknown"));
}

TEST_CASE("agent check: a failed lookup is retried and never sends the key") {
  for (const agent_check check : {agent_check::owner, agent_check::strict}) {
    stage run(check, himds_file, failed_peer);
    for (int attempt = 0; attempt < 2; ++attempt) run.agent.on_receive(challenge());
    CHECK(run.run(noting_transport(run.agent, &run.questions)) == errc::connection_failed);
    CHECK(run.questions == 2);  // Once per attempt.
    CHECK(run.system_error == 24);
    CHECK_FALSE(run.is_key_sent);
    CHECK(contains(run.message, "the owner of the agent's connection cannot be determined now"));
  }
}

// --- A handshake without a client ---

namespace {

struct driven {
  explicit driven(agent_check check) { options.agent_check = check; }

  void deliver(const std::string& text) {
    for (std::size_t at = 0; at < text.size();) {
      REQUIRE(exchange.next() == need::receive);
      const arc_identity::mutable_buffer space = exchange.input();
      const std::size_t count = text.copy(space.data(), space.size(), at);
      exchange.received(count);
      at += count;
    }
  }

  /// Goes on to the step before the key is sent.
  void go_to_key(const file_owner& owner) {
    exchange.connected();
    CHECK_FALSE(exchange.carries_key());
    exchange.sent(exchange.output().size());
    deliver(challenge());
    REQUIRE(exchange.next() == need::read_key);
    std::string(key).copy(exchange.key_space().data(), key.size());
    exchange.key_read({arc_identity::key_file_status::ok, key.size(), 0, nullptr, nullptr, owner});
    REQUIRE(exchange.next() == need::send);
    CHECK(exchange.carries_key());
    CHECK(exchange.key_owner().user == owner.user);
    CHECK(exchange.key_owner().is_known == owner.is_known);
  }

  errc code() {
    REQUIRE(exchange.next() == need::nothing);
    const auto result = exchange.result();
    return result ? errc{} : result.error().code();
  }

  arc_identity::options options;
  char workspace[16 * 1024] = {};
  arc_identity::endpoint endpoint = *arc_identity::endpoint::parse("http://127.0.0.1:40342");
  arc_identity::handshake exchange{endpoint, {"https://vault.azure.net"}, workspace, options};
};

}  // namespace

TEST_CASE("handshake: an accepted owner changes nothing") {
  driven run(agent_check::owner);
  run.go_to_key(himds_file);
  run.exchange.peer_owned_by(himds_peer);
  REQUIRE(run.exchange.next() == need::send);
  run.exchange.sent(run.exchange.output().size());
  run.deliver(token_response());
  CHECK(run.code() == sent);
}

TEST_CASE("handshake: another owner ends the exchange unsent, with the key wiped") {
  driven run(agent_check::owner);
  run.go_to_key(himds_file);
  run.exchange.peer_owned_by(mallory_peer);
  CHECK(run.code() == refused);
  CHECK(run.exchange.output().empty());
  CHECK(std::string(run.workspace, sizeof run.workspace).find(key) == std::string::npos);
}

TEST_CASE("handshake: with strict the owner is also reported before connected()") {
  driven run(agent_check::strict);
  run.exchange.peer_owned_by(mallory_peer);
  CHECK(run.code() == refused);
  run.exchange.connected();  // has no effect any more
  CHECK(run.code() == refused);
  driven trusted(agent_check::strict);
  trusted.exchange.peer_owned_by(trusted_himds_peer);
  trusted.go_to_key(himds_file);
  trusted.exchange.peer_owned_by(root_peer);
  CHECK(trusted.code() == refused);
}

TEST_CASE("handshake: with none a reported owner changes nothing") {
  driven run(agent_check::none);
  run.go_to_key(himds_file);
  for (const auto& peer : {mallory_peer, hidden_peer, unknown_peer, failed_peer}) {
    run.exchange.peer_owned_by(peer);
    CHECK(run.exchange.next() == need::send);
  }
}

TEST_CASE("handshake: with strict an unknown owner gets no key") {
  for (const auto& peer : {unknown_peer, hidden_peer}) {
    driven run(agent_check::strict);
    run.exchange.peer_owned_by(trusted_himds_peer);
    run.go_to_key(himds_file);
    run.exchange.peer_owned_by(peer);
    CHECK(run.code() == refused);
  }
}

TEST_CASE("handshake: the owner is needed only before the first byte of the key's request") {
  driven run(agent_check::owner);
  run.go_to_key(himds_file);
  run.exchange.sent(1);
  CHECK_FALSE(run.exchange.carries_key());
  CHECK_FALSE(run.exchange.key_owner().is_known);
  run.exchange.peer_owned_by(mallory_peer);
  CHECK(run.exchange.next() == need::send);
}

TEST_CASE("handshake: a failed owner lookup waits and restarts the exchange") {
  driven run(agent_check::owner);
  run.go_to_key(himds_file);
  run.exchange.peer_owned_by(failed_peer);
  REQUIRE(run.exchange.next() == need::wait);
  CHECK(std::string(run.workspace, sizeof run.workspace).find(key) == std::string::npos);
  run.exchange.waited();
  CHECK(run.exchange.next() == need::connect);
}

TEST_CASE("handshake: an unrequested owner report changes nothing") {
  driven run(agent_check::owner);
  run.exchange.peer_owned_by(mallory_peer);
  run.exchange.connected();
  run.exchange.peer_owned_by(mallory_peer);
  REQUIRE(run.exchange.next() == need::send);
  run.exchange.sent(run.exchange.output().size());
  run.exchange.peer_owned_by(mallory_peer);
  CHECK(run.exchange.next() == need::receive);
  run.deliver(token_response());
  CHECK(run.code() == sent);
  run.exchange.peer_owned_by(mallory_peer);
  CHECK(run.code() == sent);
}
