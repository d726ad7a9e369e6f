// SPDX-License-Identifier: MIT
// The blocking client with scripted policies and a manual clock.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <arc_identity/core.hpp>
#include <arc_identity/testing/manual_clock.hpp>
#include <arc_identity/testing/memory_key_files.hpp>
#include <arc_identity/testing/scripted_transport.hpp>

#include "support/agent_texts.hpp"

namespace {

using namespace agent_texts;
using namespace std::chrono_literals;
using arc_identity::errc;
using arc_identity::event_kind;
using arc_identity::io_result;
using arc_identity::io_status;
using arc_identity::key_file_status;
using arc_identity::loopback_address;
using arc_identity::mutable_buffer;
using arc_identity::testing::manual_clock;
using arc_identity::testing::memory_key_files;
using arc_identity::testing::scripted_transport;
using std::chrono::milliseconds;

const std::string vault = "https://vault.azure.net";

/// A scripted transport whose calls take time: their whole timeout if they time out, otherwise what
/// the test sets. It records the timeouts.
class slow_transport : public scripted_transport {
 public:
  struct pace {
    milliseconds connect{0};
    milliseconds send{0};
    milliseconds receive{0};
    std::size_t most_bytes = SIZE_MAX;  ///< given by one `receive`
  };

  slow_transport() = default;
  slow_transport(const scripted_transport& script, const manual_clock& clock, const pace& given)
      : scripted_transport(script), clock_(clock), pace_(given) {}

  io_result connect(const loopback_address& peer, milliseconds timeout) {
    CHECK(timeout > 0ms);
    return spend(scripted_transport::connect(peer, timeout), pace_.connect, timeout);
  }
  io_result send(arc_identity::const_buffer bytes, milliseconds timeout) {
    CHECK(timeout > 0ms);
    return spend(scripted_transport::send(bytes, timeout), pace_.send, timeout);
  }
  io_result receive(mutable_buffer space, milliseconds timeout) {
    CHECK(timeout > 0ms);
    const std::size_t size = space.size() < pace_.most_bytes ? space.size() : pace_.most_bytes;
    return spend(scripted_transport::receive(space.first(size), timeout), pace_.receive, timeout);
  }

 private:
  io_result spend(const io_result& result, milliseconds time, milliseconds timeout) {
    clock_.advance(result.status == io_status::timed_out || time > timeout ? timeout : time);
    return result;
  }

  manual_clock clock_;
  pace pace_;
};

/// A transport that connects in three calls, like a non-blocking socket. `close` aborts an
/// unfinished connect.
class unhurried_transport : public scripted_transport {
 public:
  explicit unhurried_transport(const scripted_transport& script) : scripted_transport(script) {}

  io_result connect(const loopback_address& peer, milliseconds timeout) {
    if (++calls_ < 3) return {io_status::again};
    calls_ = 0;
    return scripted_transport::connect(peer, timeout);
  }
  void close() {
    calls_ = 0;
    scripted_transport::close();
  }

 private:
  int calls_ = 0;
};

/// A client, its agent's script, and its result.
struct stage {
  using client_type = arc_identity::basic_client<slow_transport, manual_clock, memory_key_files>;

  stage() {
    options.endpoint = "http://127.0.0.1:40342";
    options.observer = [](void* self, const arc_identity::event& event) {
      static_cast<stage*>(self)->events.push_back(event.kind);
      CHECK_FALSE(contains(std::string(event.text), key));
    };
    options.observer_context = this;
    key_files.add(key_path, key);
  }

  /// Gets a token, and checks that the connection is closed and the time limit is met.
  arc_identity::result<arc_identity::token_response> get_token() {
    client_type client(options, slow_transport(agent, clock, pace), clock, key_files);
    const milliseconds begin = clock.now();
    auto result = client.get_token(vault, workspace);
    elapsed = clock.now() - begin;
    CHECK_FALSE(agent.is_open());
    if (options.total_timeout.count() > 0) CHECK(elapsed <= options.total_timeout);
    if (!result) {
      CHECK_FALSE(contains(result.error().message(), key));
      CHECK_FALSE(contains(result.error().message(), token));
    }
    return result;
  }

  errc code() {
    const auto result = get_token();
    REQUIRE_FALSE(result);
    message = result.error().message();
    return result.error().code();
  }

  void expect_token() {
    const auto result = get_token();
    REQUIRE_MESSAGE(result, result.error().message());
    CHECK(result->access_token == token);
  }

  void script_exchange() {
    agent.on_receive(challenge());
    agent.on_receive(token_response());
  }

  arc_identity::options options{};
  scripted_transport agent{};
  manual_clock clock{};
  memory_key_files key_files{};
  slow_transport::pace pace{};
  char workspace[16 * 1024];
  std::vector<event_kind> events{};
  milliseconds elapsed{0};
  std::string message{};
};

struct small : arc_identity::default_traits {
  static constexpr std::size_t max_body_bytes = 100;
};

}  // namespace

TEST_CASE("client: one connection serves both requests") {
  stage run;
  run.script_exchange();
  run.expect_token();
  CHECK(run.agent.is_over());
  CHECK(run.agent.connections() == 1);
  CHECK(count(run.agent.sent(0), "GET ") == 2);
  CHECK(count(run.agent.sent(0), "Authorization: Basic " + key + "\r\n") == 1);
  CHECK(run.key_files.opened() == std::vector<std::string>{key_path});
  CHECK(run.events == std::vector<event_kind>{event_kind::connected, event_kind::challenged,
                                              event_kind::key_read, event_kind::token_received});
  CHECK(run.clock.slept() == 0ms);
}

TEST_CASE("client: Connection: close gives two connections") {
  stage run;
  run.agent.on_receive(challenge(key_path, "Connection: close\r\n"));
  run.agent.on_receive(token_response());
  run.expect_token();
  REQUIRE(run.agent.connections() == 2);
  CHECK_FALSE(contains(run.agent.sent(0), key));
  CHECK(contains(run.agent.sent(1), key));
  CHECK(run.events == std::vector<event_kind>{event_kind::connected, event_kind::challenged,
                                              event_kind::key_read, event_kind::connected,
                                              event_kind::token_received});
}

TEST_CASE("client: the default endpoint is tried over both addresses") {
  stage run;
  run.options.endpoint = {};
  run.agent.on_connect({io_status::refused, 0, 111});
  run.script_exchange();
  run.expect_token();
  const auto peers = run.agent.peers();
  REQUIRE(peers.size() == 2);
  CHECK_FALSE(peers[0].is_ipv6);
  CHECK(peers[0].port == 40342);
  CHECK(peers[1].is_ipv6);
  CHECK(run.clock.slept() == 0ms);
}

TEST_CASE("client: an invalid endpoint is never connected to") {
  for (const char* const endpoint :
       {"https://localhost:40342", "http://169.254.169.254/", "http://example.com", "x"}) {
    stage run;
    run.options.endpoint = endpoint;
    CHECK(run.code() == errc::invalid_endpoint);
    CHECK(contains(run.message, endpoint));
    CHECK(run.agent.peers().empty());
  }
}

TEST_CASE("client: an invalid endpoint is shown with its source and value, without user info") {
  const struct {
    const char* endpoint;
    const char* message;
  } cases[] = {
      {"https://localhost:40342", "http://: the option endpoint: https://localhost:40342. "},
      {"http://localhost:0", "65535: the option endpoint: http://localhost:0. "},
      {"http://us:SECRET@127.0.0.1:40342", "user info: the option endpoint: @127.0.0.1:40342. "},
      {"https://us:SECRET@127.0.0.1", "http://: the option endpoint: @127.0.0.1. "},
      {"http://us:SEC/RET@SECRET@127.0.0.1", "the option endpoint: @127.0.0.1. "},
      {"us:SECRET@x y", "visible ASCII: the option endpoint: @x y. "},
  };
  for (const auto& one : cases) {
    CAPTURE(one.endpoint);
    stage run;
    run.options.endpoint = one.endpoint;
    CHECK(run.code() == errc::invalid_endpoint);
    CHECK(contains(run.message, one.message));
    CHECK_FALSE(contains(run.message, "SEC"));
  }
}

TEST_CASE("client: invalid options give invalid_argument") {
  stage run;
  run.options.total_timeout = 0ms;
  CHECK(run.code() == errc::invalid_argument);
  CHECK(run.agent.peers().empty());
}

TEST_CASE("client: timeouts of any length work") {
  stage run;
  run.options.total_timeout = milliseconds::max();
  run.options.attempt_timeout = milliseconds::max();
  run.agent.on_receive(failure(503, "busy", "Later", "Retry-After: 99999999999\r\n"));
  run.script_exchange();
  run.expect_token();
}

TEST_CASE("client: a second call works like the first") {
  stage run;
  run.agent.on_receive(challenge());
  run.agent.on_receive(failure(403, "forbidden", "No"));
  run.script_exchange();
  stage::client_type client(run.options, slow_transport(run.agent, run.clock, {}), run.clock,
                            run.key_files);
  CHECK(client.get_token(vault, run.workspace).error().code() == errc::request_refused);
  const auto result = client.get_token(vault, run.workspace);
  REQUIRE(result);
  CHECK(result->access_token == token);
  CHECK(run.agent.connections() == 2);
}

/// Records where each byte was received.
class watched_transport : public scripted_transport {
 public:
  watched_transport(const scripted_transport& script, std::vector<const char*>& places)
      : scripted_transport(script), places_(&places) {}

  io_result receive(mutable_buffer space, milliseconds timeout) {
    const io_result done = scripted_transport::receive(space, timeout);
    for (std::size_t i = 0; i < done.count; ++i) places_->push_back(space.data() + i);
    return done;
  }

 private:
  std::vector<const char*>* places_;
};

TEST_CASE("client: a token stays where its bytes were received") {
  stage run;
  const std::string answer = token_response();
  run.agent.on_receive(answer);
  std::vector<const char*> places;
  arc_identity::basic_client<watched_transport, manual_clock, memory_key_files> client(
      run.options, watched_transport(run.agent, places), run.clock, run.key_files);
  const auto result = client.get_token(vault, run.workspace);
  REQUIRE(result);
  REQUIRE(places.size() == answer.size());
  CHECK(result->access_token == token);
  CHECK(result->access_token.data() == places[answer.find(token)]);
}

TEST_CASE("client: a small workspace gives workspace_too_small") {
  stage run;
  char workspace[64];
  stage::client_type client(run.options, slow_transport(run.agent, run.clock, {}), run.clock,
                            run.key_files);
  CHECK(client.get_token(vault, workspace).error().code() == errc::workspace_too_small);
  CHECK(client.get_token(vault, mutable_buffer{}).error().code() == errc::workspace_too_small);
  CHECK(run.agent.peers().empty());
}

TEST_CASE("client: calls that give again are repeated") {
  stage run;
  run.pace = {5ms, 5ms, 5ms};
  run.agent.on_connect({io_status::again});
  run.agent.on_send({io_status::again});
  run.agent.on_send({io_status::ok, 10});
  run.agent.on_receive(io_result{io_status::again});
  run.script_exchange();
  run.expect_token();
  CHECK(run.clock.slept() == 0ms);
}

TEST_CASE("client: connect() that gives again is called again") {
  stage run;
  run.script_exchange();
  arc_identity::basic_client<unhurried_transport, manual_clock, memory_key_files> client(
      run.options, unhurried_transport(run.agent), run.clock, run.key_files);
  CHECK(client.get_token(vault, run.workspace));
  CHECK_FALSE(run.agent.is_open());
}

TEST_CASE("client: no listener for three seconds gives connection_refused") {
  stage run;
  for (int i = 0; i < 100; ++i) run.agent.on_connect({io_status::refused, 0, 111});
  CHECK(run.code() == errc::connection_refused);
  CHECK(run.clock.slept() == 3000ms);
  CHECK(contains(run.message, "127.0.0.1:40342"));
}

TEST_CASE("client: an agent that restarts in time gives a token") {
  stage run;
  for (int i = 0; i < 3; ++i) run.agent.on_connect({io_status::refused, 0, 111});
  run.script_exchange();
  run.expect_token();
  CHECK(run.clock.slept() > 0ms);
  CHECK(run.clock.slept() < 3000ms);
}

TEST_CASE("client: the workspace is wiped after an error") {
  const std::string answers[] = {
      failure(403, "forbidden", "words"),
      failure(401, "no_challenge", "words"),
      challenge("/etc/shadow"),
      challenge(),
      failure(200, "an_error", "words"),
      response(200, "", R"({"access_token":"SECRET"})"),
      response(302, "Location: /elsewhere\r\n", "words"),
      token_response().substr(0, 200),
  };
  for (const std::string& answer : answers) {
    CAPTURE(answer);
    stage run;
    run.options.max_attempts = 1;
    run.key_files.fail(key_path, {key_file_status::not_found, 0, 2});
    run.agent.on_receive(answer);
    std::fill(std::begin(run.workspace), std::end(run.workspace), 'x');
    CHECK_FALSE(run.get_token());
    CHECK(std::count(std::begin(run.workspace), std::end(run.workspace), '\0') ==
          sizeof run.workspace);
  }
}

// --- Deadlines -----------------------------------------------------------------------------------

TEST_CASE("client: an agent that never answers gives timed_out") {
  stage run;
  for (int i = 0; i < 100; ++i) run.agent.on_receive(io_result{io_status::timed_out});
  CHECK(run.code() == errc::timed_out);
  CHECK(run.elapsed == 30s);
  CHECK(contains(run.message, "did not answer"));
  CHECK(run.agent.connections() == 3);
}

TEST_CASE("client: an attempt that exceeds attempt_timeout is retried") {
  stage run;
  run.agent.on_receive(io_result{io_status::timed_out});
  run.script_exchange();
  run.expect_token();
  CHECK(run.elapsed >= 10s);
  CHECK(run.elapsed < 11s);
  CHECK(run.agent.connections() == 2);
}

TEST_CASE("client: a connection that is never made gives timed_out") {
  stage run;
  run.options.total_timeout = 5s;
  for (int i = 0; i < 10; ++i) run.agent.on_connect({io_status::timed_out});
  CHECK(run.code() == errc::timed_out);
  CHECK(run.elapsed == 5s);
  CHECK(contains(run.message, "connecting"));
}

TEST_CASE("client: an agent that does not receive the request gives timed_out") {
  stage run;
  run.options.total_timeout = 5s;
  for (int i = 0; i < 10; ++i) run.agent.on_send({io_status::timed_out});
  CHECK(run.code() == errc::timed_out);
  CHECK(run.elapsed == 5s);
  CHECK(contains(run.message, "sending the request"));
}

TEST_CASE("client: a response of one byte a second gives timed_out") {
  stage run;
  run.pace.receive = 1s;
  run.pace.most_bytes = 1;
  for (int i = 0; i < 3; ++i) run.agent.on_receive("HTTP/1.1 2");  // one byte per second
  CHECK(run.code() == errc::timed_out);
  CHECK(run.elapsed == 30s);
  CHECK(run.agent.connections() == 3);
}

TEST_CASE("client: a request taken at one byte a second gives timed_out") {
  stage run;
  run.pace.send = 1s;
  for (int i = 0; i < 100; ++i) run.agent.on_send({io_status::ok, 1});
  CHECK(run.code() == errc::timed_out);
  CHECK(run.elapsed == 30s);
}

TEST_CASE("client: a transport that only gives again ends in timed_out") {
  stage run;
  run.pace.receive = 250ms;
  for (int i = 0; i < 1000; ++i) run.agent.on_receive(io_result{io_status::again});
  CHECK(run.code() == errc::timed_out);
  CHECK(run.elapsed == 30s);
}

TEST_CASE("client: Retry-After within the time limit is waited for") {
  stage run;
  run.agent.on_receive(failure(429, "slow_down", "Too many requests", "Retry-After: 20\r\n"));
  run.script_exchange();
  run.expect_token();
  CHECK(run.clock.slept() >= 20s);
  CHECK(run.clock.slept() <= 20'200ms);
  CHECK(run.events == std::vector<event_kind>{event_kind::connected, event_kind::retrying,
                                              event_kind::connected, event_kind::challenged,
                                              event_kind::key_read, event_kind::token_received});
}

TEST_CASE("client: back-off is cut to the time left") {
  for (const char* const fields : {"", "Retry-After: 0\r\n"}) {
    for (const milliseconds total : {300ms, 1000ms, 3000ms, 30'000ms}) {
      for (int i = 0; i < 50; ++i) {
        CAPTURE(total.count());
        stage run;
        run.clock.advance(milliseconds(i * 977));  // another seed
        run.options.total_timeout = total;
        run.options.max_attempts = 1000;
        for (int j = 0; j < 1000; ++j)
          run.agent.on_receive(failure(503, "busy", "Loading", fields));
        run.pace.receive = 50ms;  // No attempt begins without enough time for it.
        CHECK(run.code() == errc::agent_unavailable);
        CHECK(contains(run.message, "Loading"));
        CHECK(run.elapsed >= total - 300ms);
        CHECK(run.elapsed < total);
        CHECK(run.agent.connections() < 40);
      }
    }
  }
}

TEST_CASE("client: a refused connection is retried within total_timeout") {
  for (int i = 0; i < 50; ++i) {
    stage run;
    run.clock.advance(milliseconds(i * 977));
    run.options.total_timeout = 2s;
    for (int j = 0; j < 1000; ++j) run.agent.on_connect({io_status::refused, 0, 111});
    CHECK(run.code() == errc::connection_refused);
    CHECK(run.elapsed >= 1700ms);
  }
}

TEST_CASE("client: Retry-After is not shortened") {
  for (int i = 0; i < 50; ++i) {
    stage run;
    run.clock.advance(milliseconds(i * 977));
    run.options.total_timeout = 3s;
    run.agent.on_receive(failure(503, "busy", "Loading", "Retry-After: 2\r\n"));
    run.script_exchange();
    run.expect_token();
    CHECK(run.clock.slept() >= 2s);
  }
}

TEST_CASE("client: Retry-After beyond the time limit is reported at once, with the agent's text") {
  for (const char* const seconds : {"30", "31", "3600", "99999999999999999999"}) {
    stage run;
    run.agent.on_receive(failure(503, "busy", "Loading the configuration",
                                 "Retry-After: " + std::string(seconds) + "\r\n"));
    CHECK(run.code() == errc::agent_unavailable);
    CHECK(run.elapsed == 0ms);
    CHECK(run.clock.slept() == 0ms);
    CHECK(contains(run.message, "busy: Loading the configuration"));
  }
}

TEST_CASE("client: the clock may wrap or be negative") {
  for (const milliseconds present : {milliseconds(0xffffffff), milliseconds(0x7fffffff),
                                     milliseconds(-1), milliseconds(0x123456789abcdef)}) {
    stage run;
    run.clock.advance(present - run.clock.now() - 5s);
    for (int i = 0; i < 100; ++i) run.agent.on_receive(io_result{io_status::timed_out});
    CHECK(run.code() == errc::timed_out);
    CHECK(run.elapsed == 30s);
  }
}

TEST_CASE("client: an agent that stays unavailable gives agent_unavailable") {
  stage run;
  for (int i = 0; i < 100; ++i) run.agent.on_receive(failure(503, "busy", "Loading"));
  CHECK(run.code() == errc::agent_unavailable);
  CHECK(run.elapsed > 15s);
  CHECK(contains(run.message, "busy: Loading"));
  CHECK(run.agent.connections() <= 16);
}

TEST_CASE("client: max_attempts limits the attempts") {
  stage run;
  run.options.max_attempts = 3;
  for (int i = 0; i < 100; ++i) run.agent.on_receive(failure(503, "busy", "Loading"));
  CHECK(run.code() == errc::agent_unavailable);
  CHECK(run.agent.connections() == 3);
}

TEST_CASE("client: total_timeout ends an attempt with a longer attempt_timeout") {
  stage run;
  run.options.attempt_timeout = 60s;
  run.options.total_timeout = 2s;
  run.agent.on_receive(io_result{io_status::timed_out});
  CHECK(run.code() == errc::timed_out);
  CHECK(run.elapsed == 2s);
}

// --- Keys ----------------------------------------------------------------------------------------

TEST_CASE("client: a rejected key path is never opened") {
  stage run;
  run.key_files.add("/etc/shadow", "root");
  run.agent.on_receive(challenge("/etc/shadow"));
  CHECK(run.code() == errc::key_path_rejected);
  CHECK(run.key_files.opened().empty());
  CHECK(run.agent.connections() == 1);
}

TEST_CASE("client: each key_file_status gives its error") {
  struct {
    key_file_status status;
    errc code;
  } const cases[] = {
      {key_file_status::not_found, errc::key_file_not_found},
      {key_file_status::denied, errc::key_file_denied},
      {key_file_status::invalid, errc::key_file_invalid},
      {key_file_status::failed, errc::key_file_failed},
  };
  for (const auto& c : cases) {
    stage run;
    run.key_files.fail(key_path, {c.status, 0, 5});
    run.agent.on_receive(challenge());
    CHECK(run.code() == c.code);
    CHECK(run.key_files.opened().size() == 1);
  }
}

TEST_CASE("client: a challenge whose body never arrives is used") {
  stage run;
  const std::string whole = challenge();
  run.agent.on_receive(whole.substr(0, whole.find("\r\n\r\n") + 4));
  run.agent.on_receive(token_response());
  run.expect_token();
  CHECK(run.elapsed == 0ms);
  REQUIRE(run.agent.connections() == 2);
  CHECK(contains(run.agent.sent(1), key));
}

TEST_CASE("client: a lack of descriptors for the key is retried") {
  stage run;
  run.options.max_attempts = 3;
  run.key_files.fail(key_path, {key_file_status::busy, 0, 24});
  for (int i = 0; i < 3; ++i) run.agent.on_receive(challenge());
  CHECK(run.code() == errc::key_file_failed);
  CHECK(contains(run.message, "system error 24"));
  CHECK(run.key_files.opened().size() == 3);
  CHECK(run.agent.connections() == 3);
}

TEST_CASE("client: a stale key is replaced by a fresh one") {
  stage run;
  run.key_files.add(key_directory + "/fresh.key", "fresh");
  run.agent.on_receive(challenge());
  run.agent.on_receive(challenge(key_directory + "/fresh.key"));
  run.agent.on_receive(challenge(key_directory + "/fresh.key"));
  run.agent.on_receive(token_response());
  run.expect_token();
  REQUIRE(run.agent.connections() == 2);
  CHECK(count(run.agent.sent(0), key) == 1);
  CHECK_FALSE(contains(run.agent.sent(1), key));
  CHECK(contains(run.agent.sent(1), "Basic fresh\r\n"));
}

TEST_CASE("client: a connection lost while sending the key is retried") {
  stage run;
  run.key_files.add(key_directory + "/fresh.key", "fresh");
  run.agent.on_receive(challenge());
  run.agent.on_receive(io_result{io_status::lost, 0, 104});
  run.agent.on_receive(challenge(key_directory + "/fresh.key"));
  run.agent.on_receive(token_response());
  run.expect_token();
  REQUIRE(run.agent.connections() == 3);
  CHECK(contains(run.agent.sent(0), key));
  CHECK_FALSE(contains(run.agent.sent(1), key));
  CHECK_FALSE(contains(run.agent.sent(2), key));
}

TEST_CASE("client: custom traits change the limits") {
  stage run;
  arc_identity::basic_client<scripted_transport, manual_clock, memory_key_files, small> client(
      run.options, run.agent, run.clock, run.key_files);
  run.script_exchange();
  CHECK(client.get_token(vault, run.workspace).error().code() == errc::response_too_large);
  CHECK_FALSE(run.agent.is_open());
}
