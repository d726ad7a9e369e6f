// SPDX-License-Identifier: MIT
// The whole client against an agent with any behaviour: it keeps its promises, which are checked
// here and in fuzzed_agent.hpp.
//
// Input: the options, a byte each (see `settings`); the events (see fuzzed_agent.hpp).

#include <memory>
#include <string>

#include <arc_identity/core.hpp>

#include "fuzz.hpp"
#include "fuzzed_agent.hpp"

namespace {

using namespace std::chrono_literals;
using arc_identity::managed_identity_id;
using arc_identity::mutable_buffer;
using arc_identity::token_response;
using fuzz::agent;
using fuzz::require;

struct wire {
  agent* to;
  fuzz::io_result connect(const fuzz::loopback_address& peer, fuzz::milliseconds timeout) {
    return to->connect(peer, timeout);
  }
  arc_identity::peer_owner_result peer_owner(const fuzz::loopback_address& peer,
                                             const arc_identity::file_owner& key_file) {
    return to->peer_owner(peer, key_file);
  }
  fuzz::io_result send(std::string_view bytes, fuzz::milliseconds timeout) {
    return to->send(bytes, timeout);
  }
  fuzz::io_result receive(mutable_buffer space, fuzz::milliseconds timeout) {
    return to->receive(space, timeout);
  }
  void close() { to->close(); }
};

struct watch {
  agent* to;
  fuzz::milliseconds now() { return to->now(); }
  std::chrono::seconds unix_time() { return to->unix_time(); }
  void sleep_for(fuzz::milliseconds time) { to->sleep_for(time); }
};

struct key_files {
  agent* to;
  fuzz::key_file_result read(const char* path, mutable_buffer space) {
    return to->read(path, space);
  }
};

/// Limits that small inputs can reach.
struct traits : arc_identity::default_traits {
  static constexpr std::size_t max_header_bytes = 1024;
  static constexpr std::size_t max_header_fields = 10;
  static constexpr std::size_t max_body_bytes = 512;
  static constexpr std::size_t max_interim_responses = 3;
};

struct settings {
  arc_identity::options options;
  managed_identity_id identity;
  std::string_view resource;
  std::size_t workspace_size = 0;
};

settings read_settings(fuzz::input& input) {
  constexpr std::string_view endpoints[] = {{},
                                            "http://127.0.0.1:40342/metadata/identity/oauth2/token",
                                            "http://[::1]:1",
                                            "http://LOCALHOST",
                                            "http://example.com/"};
  constexpr fuzz::milliseconds total_timeouts[] = {30s, 1ms, 5s,
                                                   0s,  90s, fuzz::milliseconds::min()};
  constexpr fuzz::milliseconds attempt_timeouts[] = {10s, 1ms, 1s, 0s, fuzz::milliseconds::max()};
  constexpr unsigned attempts[] = {16, 1, 2, 3, 0, 0xffffffff};
  constexpr managed_identity_id identities[] = {{},
                                                managed_identity_id::client_id("the-id"),
                                                managed_identity_id::object_id("the-id"),
                                                managed_identity_id::resource_id("the-id")};
  constexpr std::string_view resources[] = {"https://vault.azure.net", "r/.default", "", "a b"};
  constexpr std::size_t sizes[] = {4096, 0, 8, 300, 500, 8192};

  settings chosen;
  chosen.options.key_directory = agent::directory;
  chosen.options.endpoint = input.pick(endpoints);
  chosen.options.total_timeout = input.pick(total_timeouts);
  chosen.options.attempt_timeout = input.pick(attempt_timeouts);
  chosen.options.max_attempts = input.pick(attempts);
  using arc_identity::agent_check;
  constexpr agent_check checks[] = {agent_check::owner, agent_check::strict, agent_check::none};
  chosen.options.agent_check = input.pick(checks);
  chosen.identity = input.pick(identities);
  chosen.resource = input.pick(resources);
  const unsigned size = input.byte();
  chosen.workspace_size = size < 64 ? sizes[size % std::size(sizes)] : size * std::size_t{4};
  return chosen;
}

void check_event(void*, const arc_identity::event& event) {
  require(!fuzz::contains(event.text, agent::key_mark), "no event has a key");
  require(!fuzz::contains(event.text, agent::token_mark), "no event has a token");
}

void check_token(const token_response& token, std::string_view memory) {
  require(fuzz::lies_inside(token.access_token, memory), "the token lies in the workspace");
  require(!token.access_token.empty(), "the token is not empty");
  for (const char c : token.access_token)
    require(c > 0x20 && c < 0x7f, "the token is visible ASCII");
  require(token.lifetime > 0s && token.lifetime <= 24h,
          "the lifetime is positive and at most 24 hours");
}

void check_error(const arc_identity::error& error, const agent& to, std::string_view memory) {
  require(error.code() != arc_identity::errc::invalid_json, "the error has a code of the client");
  fuzz::require_good_message(error);
  const std::string_view message = error.message();
  if (fuzz::contains(to.answer().substr(0, 12), " 200")) {  // the texts of an error are quoted
    require(!fuzz::contains(message, agent::token_mark), "no message has a token");
    require(!fuzz::contains(memory, agent::token_mark), "a refused token is wiped");
  }
  require(!fuzz::contains(message, agent::key_mark), "no message has a key");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input input(data, size);
  settings chosen = read_settings(input);
  agent to(input);
  to.check = chosen.options.agent_check;
  chosen.options.observer = check_event;

  const std::unique_ptr<char[]> memory(new char[chosen.workspace_size]());
  const std::string_view workspace(memory.get(), chosen.workspace_size);
  arc_identity::basic_client<wire, watch, key_files, traits> client(chosen.options, wire{&to},
                                                                    watch{&to}, key_files{&to});
  const auto token =
      client.get_token({chosen.resource, chosen.identity}, {memory.get(), chosen.workspace_size});

  require(!to.is_open(), "the connection is closed");
  require(to.elapsed() <= std::max(chosen.options.total_timeout, 0ms) + to.key_time(),
          "the call ends in time");
  require(to.has_repeated_key() || !fuzz::contains(workspace, agent::key_mark),
          "no key is left in the workspace");
  if (token) {
    check_token(*token, workspace);
  } else {
    check_error(token.error(), to, workspace);
  }
  return 0;
}
