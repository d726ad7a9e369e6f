// SPDX-License-Identifier: MIT
// Torture: each call of each policy in turn fails or transfers too little, either once or from then
// on. In each case, get_token gives a token or a clean error, closes what it opened, never repeats
// a key, meets its deadline, and leaves no secret behind.

#include <chrono>
#include <cstddef>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <arc_identity/core.hpp>
#include <arc_identity/testing/manual_clock.hpp>

#include "support/agent_texts.hpp"

namespace {

using namespace agent_texts;
using namespace std::chrono_literals;
using arc_identity::const_buffer;
using arc_identity::errc;
using arc_identity::io_result;
using arc_identity::io_status;
using arc_identity::key_file_result;
using arc_identity::key_file_status;
using arc_identity::loopback_address;
using arc_identity::managed_identity_id;
using arc_identity::mutable_buffer;
using arc_identity::testing::manual_clock;
using std::chrono::milliseconds;

/// The agent's behaviour without faults.
struct scenario {
  const char* name;
  std::string challenge_fields;   ///< "Connection: close", or nothing
  int unavailable_first = 0;      ///< the number of 503 answers before the first challenge
  int stale_first = 0;            ///< the number of correct keys that are rejected
  std::size_t packet = SIZE_MAX;  ///< the maximum size of one piece
  managed_identity_id identity{};
};

enum class outcome {
  ok,
  refused,
  lost,
  timed_out,
  failed,
  again,
  short_count,
  end,
  not_found,
  denied,
  invalid,
  busy
};

/// The fault: the call with this number, or all calls from then on.
struct fault {
  std::size_t call = 0;
  outcome how = outcome::ok;
  bool lasts = false;
};

/// The possible failures of a call of this kind: connect, send, receive, or of the key reader.
std::vector<outcome> faults_of(char kind) {
  switch (kind) {
    case 'c':
      return {outcome::refused, outcome::timed_out, outcome::failed, outcome::again, outcome::busy};
    case 's':
      return {outcome::lost, outcome::timed_out, outcome::failed, outcome::again,
              outcome::short_count};
    case 'r':
      return {outcome::lost,  outcome::timed_out,   outcome::failed,
              outcome::again, outcome::short_count, outcome::end};
    default:
      return {outcome::not_found, outcome::denied,      outcome::invalid, outcome::failed,
              outcome::end,       outcome::short_count, outcome::busy};
  }
}

/// The agent, the network and the key directory in one, with a record of the calls.
struct world {
  scenario script{};
  fault plan{};
  std::size_t second_fault = 0;  ///< the number of another call that fails; how, varies
  manual_clock clock{};

  std::size_t calls = 0;
  std::vector<char> kinds{};  ///< of each call: c, s, r or k
  bool is_open = false;
  bool misused = false;    ///< whether there was a call without a connection
  std::string received{};  ///< since the last answer, on this connection
  std::string to_send{};
  bool closes_then = false;
  int keys_made = 0;
  std::map<std::string, std::string> keys{};  ///< by path; those not used yet
  std::string wire{};                         ///< everything that was ever sent

  /// Counts the call and returns its fault, if it has one.
  outcome enter(char kind) {
    clock.advance(1ms);
    kinds.push_back(kind);
    ++calls;
    const bool hit =
        plan.lasts ? calls >= plan.call && kind == kinds.at(plan.call - 1) : calls == plan.call;
    if (calls == second_fault) {
      const std::vector<outcome> faults = faults_of(kind);
      return faults[(plan.call + second_fault) % faults.size()];
    }
    return plan.call != 0 && hit ? plan.how : outcome::ok;
  }

  static bool take(int& count) { return count > 0 && count-- > 0; }

  std::string make_challenge() {
    const std::string number = std::to_string(++keys_made);
    const std::string path = key_directory + "/" + number + ".key";
    keys[path] = "SECRET-key-" + number + "-end";
    return challenge(path, script.challenge_fields);
  }

  bool use_key(const std::string& request) {
    for (auto at = keys.begin(); at != keys.end(); ++at) {
      if (!contains(request, "\r\nAuthorization: Basic " + at->second + "\r\n")) continue;
      keys.erase(at);
      return true;
    }
    return false;
  }

  void answer(const std::string& request) {
    closes_then = false;
    if (!contains(request, "Authorization: ")) {
      if (take(script.unavailable_first)) {
        to_send = failure(503, "busy", "Loading the configuration");
      } else {
        to_send = make_challenge();
        closes_then = !script.challenge_fields.empty();
      }
    } else if (!use_key(request) || take(script.stale_first)) {
      to_send = make_challenge();
    } else {
      to_send = token_response(R"(,"client_id":"c-1")");
    }
  }
};

io_result after_fault(world& there, outcome how, milliseconds timeout) {
  switch (how) {
    case outcome::refused: return {io_status::refused, 0, 111};
    case outcome::lost: return {io_status::lost, 0, 104};
    case outcome::failed: return {io_status::failed, 0, 5};
    case outcome::busy: return {io_status::busy, 0, 24};
    case outcome::again:
      there.clock.advance(timeout < 20ms ? timeout : 20ms);
      return {io_status::again, 0, 4};
    default: there.clock.advance(timeout); return {io_status::timed_out};
  }
}

bool is_io_fault(outcome how) {
  return how != outcome::ok && how != outcome::short_count && how != outcome::end;
}

class transport {
 public:
  transport() = default;
  explicit transport(world& where) : world_(&where) {}

  io_result connect(const loopback_address&, milliseconds timeout) {
    world_->is_open = false;  // an earlier one
    const outcome how = world_->enter('c');
    if (is_io_fault(how)) return after_fault(*world_, how, timeout);
    world_->is_open = true;
    world_->received.clear();
    world_->to_send.clear();
    return {};
  }

  io_result send(const_buffer bytes, milliseconds timeout) {
    world_->misused = world_->misused || !world_->is_open || bytes.empty();
    const outcome how = world_->enter('s');
    if (is_io_fault(how)) return after_fault(*world_, how, timeout);
    const std::size_t size = how == outcome::short_count ? 1 : bytes.size();
    world_->wire.append(bytes.substr(0, size));
    world_->received.append(bytes.substr(0, size));
    if (contains(world_->received, "\r\n\r\n")) {
      world_->answer(world_->received);
      world_->received.clear();
    }
    return {io_status::ok, size};
  }

  io_result receive(mutable_buffer space, milliseconds timeout) {
    world_->misused = world_->misused || !world_->is_open || space.empty();
    const outcome how = world_->enter('r');
    if (is_io_fault(how)) return after_fault(*world_, how, timeout);
    if (how == outcome::end) return {};
    std::string& bytes = world_->to_send;
    if (bytes.empty())
      return world_->closes_then ? io_result{} : after_fault(*world_, outcome::timed_out, timeout);
    std::size_t size = how == outcome::short_count ? 1 : world_->script.packet;
    if (size > space.size()) size = space.size();
    if (size > bytes.size()) size = bytes.size();
    std::memcpy(space.data(), bytes.data(), size);
    bytes.erase(0, size);
    return {io_status::ok, size};
  }

  void close() { world_->is_open = false; }

 private:
  world* world_ = nullptr;
};

class key_reader {
 public:
  key_reader() = default;
  explicit key_reader(world& where) : world_(&where) {}

  key_file_result read(const char* path, mutable_buffer space) {
    switch (world_->enter('k')) {
      case outcome::not_found: return {key_file_status::not_found, 0, 2};
      case outcome::denied: return {key_file_status::denied, 0, 13};
      case outcome::invalid: return {key_file_status::invalid};
      case outcome::failed: return {key_file_status::failed, 0, 5};
      case outcome::busy: return {key_file_status::busy, 0, 24};
      case outcome::end: return {key_file_status::ok, 0};
      case outcome::short_count: return copy("SECRET-part-of-a-key", space);
      default: break;
    }
    const auto found = world_->keys.find(path);
    if (found == world_->keys.end()) return {key_file_status::not_found, 0, 2};
    return copy(found->second + "\n", space);
  }

 private:
  static key_file_result copy(const std::string& content, mutable_buffer space) {
    REQUIRE(content.size() < space.size());
    std::memcpy(space.data(), content.data(), content.size());
    return {key_file_status::ok, content.size()};
  }

  world* world_ = nullptr;
};

const scenario scenarios[] = {
    {"kept", "", 0, 0, SIZE_MAX, {}},
    {"new connection", "Connection: close\r\n", 0, 0, SIZE_MAX, {}},
    {"unavailable, then well", "", 1, 0, SIZE_MAX, {}},
    {"a stale key", "", 0, 1, SIZE_MAX, {}},
    {"in several packets", "", 0, 0, 60, {}},
    {"user-assigned", "", 0, 0, SIZE_MAX, managed_identity_id::client_id("c-1")},
};

struct run_result {
  bool has_token = false;
  errc code{};
  std::string message{};
};

/// Runs a call and checks what must hold for every call.
run_result run(world& there) {
  std::vector<char> workspace(8 * 1024);
  arc_identity::options options;
  options.endpoint = "http://127.0.0.1:40342";
  arc_identity::basic_client<transport, manual_clock, key_reader> client(
      options, transport(there), there.clock, key_reader(there));
  const milliseconds begin = there.clock.now();
  const auto result =
      client.get_token({"https://vault.azure.net", there.script.identity}, workspace);
  const milliseconds elapsed = there.clock.now() - begin;

  CHECK_FALSE(there.is_open);
  CHECK_FALSE(there.misused);
  CHECK(elapsed <= 30'001ms);  // The last call began in time, and takes a millisecond.
  for (int i = 1; i <= there.keys_made; ++i) {
    CHECK(count(there.wire, "SECRET-key-" + std::to_string(i) + "-end") <= 1);
  }
  const std::string left(workspace.begin(), workspace.end());
  CHECK_FALSE(contains(left, "SECRET-key"));
  CHECK_FALSE(contains(left, "SECRET-part"));
  if (result) {
    CHECK(result->access_token == token);
    return {true, errc{}, ""};
  }
  const std::string message = result.error().message();
  CHECK(message.size() > 10);
  CHECK(is_printable(message));
  CHECK_FALSE(contains(message, "SECRET"));
  CHECK_FALSE(contains(left, "SECRET"));
  return {false, result.error().code(), message};
}

std::size_t calls_without_fault(const scenario& script, std::vector<char>& kinds) {
  world there;
  there.script = script;
  REQUIRE(run(there).has_token);
  kinds = there.kinds;
  return there.calls;
}

/// The result of a fault that happens once: a token, or this error.
errc expected(char kind, outcome how) {
  if (kind == 'c') return how == outcome::failed ? errc::connection_failed : errc{};
  if (kind != 'k') return errc{};
  switch (how) {
    case outcome::not_found: return errc::key_file_not_found;
    case outcome::denied: return errc::key_file_denied;
    case outcome::failed: return errc::key_file_failed;
    case outcome::busy:
    case outcome::short_count: return errc{};
    default: return errc::key_file_invalid;
  }
}

/// The result of a fault that lasts.
errc expected_at_last(char kind, outcome how) {
  switch (how) {
    case outcome::refused: return errc::connection_refused;
    case outcome::timed_out:
    case outcome::again: return errc::timed_out;
    case outcome::lost:
    case outcome::end: return kind == 'k' ? errc::key_file_invalid : errc::connection_lost;
    case outcome::short_count: return kind == 'k' ? errc::key_rejected : errc{};
    case outcome::busy:
    case outcome::failed:
      return kind == 'c'   ? errc::connection_failed
             : kind == 'k' ? errc::key_file_failed
                           : errc::connection_lost;
    default: return expected(kind, how);
  }
}

/// Whether the time ran out in the last of several attempts, which depends on the jitter of the
/// waits before it. The error then also has the failure of the previous attempt.
bool is_cut_short(const run_result& got) {
  return got.code == errc::timed_out && contains(got.message, "before that: the ");
}

bool is_of_the_connection(errc code) {
  return code == errc::connection_failed || code == errc::connection_lost ||
         code == errc::connection_refused || code == errc::timed_out;
}

bool is_of_the_key(errc code) {
  return code == errc::key_file_not_found || code == errc::key_file_denied ||
         code == errc::key_file_invalid || code == errc::key_file_failed ||
         code == errc::key_rejected;
}

}  // namespace

TEST_CASE("torture: each scenario succeeds without faults") {
  for (const scenario& script : scenarios) {
    CAPTURE(script.name);
    std::vector<char> kinds;
    CHECK(calls_without_fault(script, kinds) >= 6);
  }
}

TEST_CASE("torture: each call fails once") {
  for (const scenario& script : scenarios) {
    CAPTURE(script.name);
    std::vector<char> kinds;
    const std::size_t calls = calls_without_fault(script, kinds);
    for (std::size_t call = 1; call <= calls; ++call) {
      CAPTURE(call);
      const char kind = kinds[call - 1];
      CAPTURE(kind);
      for (const outcome how : faults_of(kind)) {
        CAPTURE(static_cast<int>(how));
        world there;
        there.script = script;
        there.plan = {call, how, false};
        const run_result got = run(there);
        // A truncated key is rejected like a stale one; one of these is retried.
        const bool second_stale =
            kind == 'k' && how == outcome::short_count && script.stale_first > 0;
        const errc code = second_stale ? errc::key_rejected : expected(kind, how);
        CAPTURE(got.message);
        CHECK(got.code == code);
        CHECK(got.has_token == (code == errc{}));
      }
    }
  }
}

TEST_CASE("torture: each call fails from some point on") {
  for (const scenario& script : scenarios) {
    CAPTURE(script.name);
    std::vector<char> kinds;
    const std::size_t calls = calls_without_fault(script, kinds);
    for (std::size_t call = 1; call <= calls; ++call) {
      CAPTURE(call);
      const char kind = kinds[call - 1];
      CAPTURE(kind);
      for (const outcome how : faults_of(kind)) {
        CAPTURE(static_cast<int>(how));
        world there;
        there.script = script;
        there.plan = {call, how, true};
        const run_result got = run(there);
        CAPTURE(got.message);
        if (is_cut_short(got)) continue;
        CHECK(got.code == expected_at_last(kind, how));
      }
    }
  }
}

TEST_CASE("torture: each pair of calls fails") {
  for (const scenario& script : scenarios) {
    CAPTURE(script.name);
    std::vector<char> kinds;
    const std::size_t calls = calls_without_fault(script, kinds);
    for (std::size_t first = 1; first <= calls; ++first) {
      for (std::size_t second = first + 1; second <= calls + 6; ++second) {
        for (const outcome how : faults_of(kinds[first - 1])) {
          CAPTURE(first);
          CAPTURE(second);
          CAPTURE(static_cast<int>(how));
          world there;
          there.script = script;
          there.plan = {first, how, false};
          there.second_fault = second;
          const run_result got = run(there);
          CAPTURE(got.message);
          CHECK((got.has_token || is_of_the_connection(got.code) || is_of_the_key(got.code)));
        }
      }
    }
  }
}
