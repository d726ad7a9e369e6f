// SPDX-License-Identifier: MIT
// The handshake without I/O, step by step: what it needs, what it reports, and what it must never
// do.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <arc_identity/core.hpp>

#include "support/agent_texts.hpp"

namespace {

using namespace agent_texts;
using namespace std::chrono_literals;
using arc_identity::errc;
using arc_identity::event_kind;
using arc_identity::io_status;
using arc_identity::key_file_result;
using arc_identity::key_file_status;
using arc_identity::managed_identity_id;
using arc_identity::need;
using arc_identity::token_request;

const std::string vault = "https://vault.azure.net";
const std::string url = "http://localhost:40342/metadata/identity/oauth2/token";
const std::string numeric_url = "http://127.0.0.1:40342/metadata/identity/oauth2/token";

struct seen_event {
  event_kind kind;
  std::string text;
  errc reason;
  int http_status;
  std::chrono::milliseconds wait;
  std::chrono::seconds lifetime;
};

struct setup {
  std::string url = ::url;
  arc_identity::options options{};
  std::size_t workspace_bytes = 16 * 1024;
  std::chrono::seconds unix_time{1'790'000'000};
  std::uint32_t random = 4711;
};

/// A handshake with everything it refers to, and functions for each step.
class exchange {
 public:
  explicit exchange(const token_request& request = token_request(vault), const setup& given = {})
      : url_(given.url),
        workspace_(given.workspace_bytes),
        options_(with_observer(given.options)),
        steps_(*arc_identity::endpoint::parse(url_), request, workspace_, options_) {
    steps_.start_at(given.unix_time, given.random);
  }
  exchange(const exchange&) = delete;
  exchange& operator=(const exchange&) = delete;

  /// Checks that no secret was revealed.
  ~exchange() {
    for (const seen_event& event : events) {
      CHECK_FALSE(contains(event.text, key));
      CHECK_FALSE(contains(event.text, token));
    }
    if (next() != need::nothing || steps_.result()) return;
    CHECK_FALSE(contains(message(), key));
    CHECK_FALSE(contains(message(), token));
    CHECK_FALSE(contains(message(), "SECRET"));
    CHECK(is_printable(message()));
  }

  need next() const { return steps_.next(); }
  arc_identity::handshake& steps() { return steps_; }

  void connect() {
    REQUIRE(next() == need::connect);
    steps_.connected();
  }

  std::string send() {
    REQUIRE(next() == need::send);
    const std::string bytes(steps_.output());
    steps_.sent(bytes.size());
    return bytes;
  }

  void receive(std::string bytes) {
    while (!bytes.empty()) {
      REQUIRE(next() == need::receive);
      const arc_identity::mutable_buffer space = steps_.input();
      REQUIRE_FALSE(space.empty());
      const std::size_t count = bytes.size() < space.size() ? bytes.size() : space.size();
      std::memcpy(space.data(), bytes.data(), count);
      bytes.erase(0, count);
      steps_.received(count);
      if (next() != need::receive) return;
    }
  }

  void peer_closes() {
    REQUIRE(next() == need::receive);
    steps_.received(0);
  }

  void read_key(const std::string& content = key) {
    REQUIRE(next() == need::read_key);
    const arc_identity::mutable_buffer space = steps_.key_space();
    const std::size_t count = content.size() < space.size() ? content.size() : space.size();
    std::memcpy(space.data(), content.data(), count);
    steps_.key_read({key_file_status::ok, count});
  }

  /// The answer to a first request.
  void answer(const std::string& bytes) {
    connect();
    send();
    receive(bytes);
  }

  void wait() {
    REQUIRE(next() == need::wait);
    steps_.waited();
  }

  errc code() const {
    REQUIRE(next() == need::nothing);
    REQUIRE_FALSE(steps_.result());
    return steps_.result().error().code();
  }
  std::string message() const { return steps_.result().error().message(); }
  int http_status() const { return steps_.result().error().http_status(); }
  std::string secret() const {
    REQUIRE(next() == need::nothing);
    const auto result = steps_.result();
    REQUIRE_MESSAGE(result, result.error().message());
    return std::string(result->access_token);
  }
  std::string workspace() const { return {workspace_.begin(), workspace_.end()}; }

  std::vector<seen_event> events{};

 private:
  arc_identity::options with_observer(arc_identity::options given) {
    given.observer = [](void* self, const arc_identity::event& event) {
      static_cast<exchange*>(self)->events.push_back({event.kind, std::string(event.text),
                                                      event.reason, event.http_status, event.wait,
                                                      event.lifetime});
    };
    given.observer_context = this;
    return given;
  }

  std::string url_;
  std::vector<char> workspace_;
  arc_identity::options options_;
  arc_identity::handshake steps_;
};

setup at(const std::string& where) {
  setup given;
  given.url = where;
  return given;
}

const std::string first_request =
    "GET /metadata/identity/oauth2/token?api-version=2020-06-01"
    "&resource=https%3A%2F%2Fvault.azure.net HTTP/1.1\r\n"
    "Host: localhost:40342\r\n"
    "User-Agent: arc_identity/" ARC_IDENTITY_VERSION
    "\r\n"
    "Metadata: true\r\n";

std::string target(const std::string& request) {
  return request.substr(0, request.find(" HTTP/1.1\r\n"));
}

}  // namespace

TEST_CASE("handshake: the exchange over one connection, step by step") {
  exchange run;
  REQUIRE(run.next() == need::connect);
  CHECK_FALSE(run.steps().peer().is_ipv6);
  CHECK(run.steps().peer().ipv4[0] == 127);
  CHECK(run.steps().peer().ipv4[3] == 1);
  CHECK(run.steps().peer().port == 40342);
  run.connect();
  CHECK(run.send() == first_request + "\r\n");
  run.receive(challenge());
  REQUIRE(run.next() == need::read_key);
  CHECK(std::string(run.steps().key_path()) == key_path);
  CHECK(run.steps().key_space().size() == arc_identity::max_key_bytes + 1);
  run.read_key();
  REQUIRE(run.next() == need::send);
  CHECK(run.send() == first_request + "Authorization: Basic " + key + "\r\n\r\n");
  run.receive(token_response());
  CHECK(run.secret() == token);
  const auto result = run.steps().result();
  CHECK(result->resource == vault);
  CHECK(result->expires_on == 1'790'086'400s);
  CHECK(result->lifetime == 86'400s);
}

TEST_CASE("handshake: events are reported in order") {
  exchange run;
  run.answer(challenge());
  run.read_key();
  run.send();
  run.receive(token_response());
  REQUIRE(run.events.size() == 4);
  CHECK(run.events[0].kind == event_kind::connected);
  CHECK(run.events[1].kind == event_kind::challenged);
  CHECK(run.events[1].text == key_path);
  CHECK(run.events[2].kind == event_kind::key_read);
  CHECK(run.events[3].kind == event_kind::token_received);
  CHECK(run.events[3].lifetime == 86'400s);
}

TEST_CASE("handshake: bytes may be sent and received one at a time") {
  exchange run;
  run.connect();
  std::string sent;
  while (run.next() == need::send) {
    sent += run.steps().output().substr(0, 1);
    run.steps().sent(1);
  }
  CHECK(sent == first_request + "\r\n");
  const std::string bytes = challenge();
  for (std::size_t i = 0; run.next() == need::receive; ++i) run.receive(bytes.substr(i, 1));
  run.read_key();
  run.connect();
  sent.clear();
  while (run.next() == need::send) {
    sent += run.steps().output().substr(0, 1);
    run.steps().sent(1);
  }
  CHECK(sent == first_request + "Authorization: Basic " + key + "\r\n\r\n");
  for (const char c : token_response()) run.receive(std::string(1, c));
  CHECK(run.secret() == token);
}

TEST_CASE("handshake: counts larger than the offered buffer are harmless") {
  exchange run;
  run.connect();
  run.steps().sent(1'000'000);
  REQUIRE(run.next() == need::receive);
  const std::string bytes = challenge();
  std::memcpy(run.steps().input().data(), bytes.data(), bytes.size());
  run.steps().received(bytes.size());
  REQUIRE(run.next() == need::read_key);
  run.steps().key_read({key_file_status::ok, 1'000'000});
  CHECK(run.code() == errc::key_file_invalid);
}

TEST_CASE("handshake: an unrequested report changes nothing") {
  const auto report_all = [](arc_identity::handshake& steps) {
    const need asked = steps.next();
    if (asked != need::connect) steps.connected();
    if (asked != need::send) steps.sent(1);
    if (asked != need::receive) steps.received(0);
    if (asked != need::read_key) steps.key_read({key_file_status::not_found});
    if (asked != need::wait) steps.waited();
    CHECK(steps.next() == asked);
  };
  exchange run;
  CHECK(run.steps().key_space().empty());
  report_all(run.steps());
  run.connect();
  report_all(run.steps());
  CHECK(run.send() == first_request + "\r\n");
  report_all(run.steps());
  run.receive(failure(503, "busy", "Later"));
  const std::chrono::milliseconds wait = run.steps().wait_time();
  report_all(run.steps());
  run.steps().failed(io_status::lost);
  CHECK(run.steps().wait_time() == wait);
  run.wait();
  run.answer(challenge(key_path, "Connection: close\r\n"));
  report_all(run.steps());
  run.read_key();
  REQUIRE(run.next() == need::connect);
  report_all(run.steps());
  run.connect();
  run.send();
  run.receive(token_response());
  report_all(run.steps());
  run.steps().failed(io_status::lost);
  run.steps().stop(errc::agent_not_verified, "too late");
  run.steps().give_up();
  CHECK(run.secret() == token);
}

TEST_CASE("handshake: 200 without a challenge gives the token") {
  exchange run;
  run.answer(token_response());
  CHECK(run.secret() == token);
  CHECK(run.events.size() == 2);
}

TEST_CASE("handshake: the resource is percent-encoded, and a scope becomes its resource") {
  const auto target_for = [](const std::string& resource) {
    exchange run{token_request(resource)};
    run.connect();
    return target(run.send());
  };
  const std::string path = "GET /metadata/identity/oauth2/token?api-version=2020-06-01&resource=";
  CHECK(target_for("https://a.b/c?d=e&f#g+%") ==
        path + "https%3A%2F%2Fa.b%2Fc%3Fd%3De%26f%23g%2B%25");
  CHECK(target_for("AZaz09-._~") == path + "AZaz09-._~");
  CHECK(target_for("https://vault.azure.net/.default") == path + "https%3A%2F%2Fvault.azure.net");
  CHECK(target_for("api://x//.default") == path + "api%3A%2F%2Fx%2F");
}

TEST_CASE("handshake: the request has the given api-version and path") {
  setup given = at("http://127.0.0.2:8080/other/path");
  given.options.api_version = "2021-02-01";
  exchange run(token_request(vault), given);
  CHECK(run.steps().peer().ipv4[3] == 2);
  CHECK(run.steps().peer().port == 8080);
  run.connect();
  const std::string request = run.send();
  CHECK(target(request) ==
        "GET /other/path?api-version=2021-02-01&resource=https%3A%2F%2Fvault.azure.net");
  CHECK(contains(request, "\r\nHost: 127.0.0.1:8080\r\n") == false);
  CHECK(contains(request, "\r\nHost: 127.0.0.2:8080\r\n"));
}

TEST_CASE("handshake: each kind of identity has its own parameter in both requests") {
  const std::string id = "/subscriptions/s/userAssignedIdentities/n";
  struct {
    managed_identity_id identity;
    std::string parameter;
    std::string echo;
  } const cases[] = {
      {managed_identity_id::client_id("c-1"), "&client_id=c-1", R"(,"client_id":"C-1")"},
      {managed_identity_id::object_id("o-1"), "&object_id=o-1", R"(,"object_id":"o-1")"},
      {managed_identity_id::resource_id(id),
       "&msi_res_id=%2Fsubscriptions%2Fs%2FuserAssignedIdentities%2Fn",
       R"(,"msi_res_id":")" + id + "\""},
      {managed_identity_id::resource_id(id),
       "&msi_res_id=%2Fsubscriptions%2Fs%2FuserAssignedIdentities%2Fn",
       R"(,"mi_res_id":"/SUBSCRIPTIONS/s/userassignedidentities/N")"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.echo);
    exchange run{token_request(vault, c.identity)};
    run.connect();
    const std::string expected = target(first_request) + c.parameter;
    std::string request = run.send();
    CHECK(target(request) == expected);
    CHECK_FALSE(contains(request, "&mi_res_id"));
    run.receive(challenge());
    run.read_key();
    request = run.send();
    CHECK(target(request) == expected);
    CHECK_FALSE(contains(request, "&mi_res_id"));
    CHECK_FALSE(contains(request, "X-Forwarded-For"));
    run.receive(token_response(c.echo));
    CHECK(run.secret() == token);
  }
}

TEST_CASE("handshake: an unconfirmed identity gives no token") {
  for (const char* const echo : {"", R"(,"client_id":"another")", R"(,"object_id":"c-1")",
                                 R"(,"client_id":["c-1"])", R"(,"client_id":null)"}) {
    CAPTURE(echo);
    exchange run{token_request(vault, managed_identity_id::client_id("c-1"))};
    run.answer(token_response(echo));
    CHECK(run.code() == errc::identity_not_confirmed);
    CHECK(contains(run.message(), "c-1"));
    CHECK(contains(run.message(), "Update the Arc agent"));
    CHECK_FALSE(contains(run.workspace(), token));
  }
}

TEST_CASE("handshake: an invalid request is refused before any step") {
  const auto code_for = [](const token_request& request, const setup& given) {
    return exchange(request, given).code();
  };
  for (const char* const resource : {"", "/.default", "a b", "a\r\nX: y", "a\tb", "caf\xc3\xa9"}) {
    CAPTURE(resource);
    CHECK(code_for(token_request(resource), {}) == errc::invalid_argument);
  }
  CHECK(code_for({vault, managed_identity_id::client_id("")}, {}) == errc::invalid_argument);
  CHECK(code_for({vault, managed_identity_id::object_id("a\nb")}, {}) == errc::invalid_argument);
  setup given;
  given.options.api_version = "";
  CHECK(code_for(vault, given) == errc::invalid_argument);
  given = {};
  given.options.attempt_timeout = 0ms;
  CHECK(code_for(vault, given) == errc::invalid_argument);
  given = {};
  given.options.total_timeout = -1ms;
  CHECK(code_for(vault, given) == errc::invalid_argument);
  given = {};
  given.options.max_attempts = 0;
  CHECK(code_for(vault, given) == errc::invalid_argument);
  given = {};
  given.options.refresh_timeout = 0ms;
  CHECK(code_for(vault, given) == errc::invalid_argument);
}

// --- Connections ---------------------------------------------------------------------------------

TEST_CASE("handshake: a closed connection is reopened for the key") {
  const std::string closing[] = {
      challenge(key_path, "Connection: close\r\n"),
      challenge(key_path, "Connection: Keep-Alive, CLOSE\r\n"),
      "HTTP/1.0" + challenge().substr(8),
  };
  for (const std::string& answer : closing) {
    CAPTURE(answer);
    exchange run;
    run.answer(answer);
    run.read_key();
    run.connect();
    CHECK(run.send() == first_request + "Authorization: Basic " + key + "\r\n\r\n");
    run.receive(token_response());
    CHECK(run.secret() == token);
  }
}

TEST_CASE("handshake: HTTP/1.0 with keep-alive is kept, a close-delimited body is not") {
  exchange kept;
  kept.answer("HTTP/1.0" + challenge(key_path, "Connection: keep-alive\r\n").substr(8));
  kept.read_key();
  CHECK(kept.next() == need::send);

  exchange until_close;
  until_close.answer("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=" + key_path +
                     "\r\n\r\n{}");
  until_close.read_key();
  CHECK(until_close.next() == need::connect);
}

TEST_CASE(
    "handshake: an agent that says keep-alive and closes gets a connection for each request") {
  exchange run;
  run.answer(challenge());
  run.read_key();
  run.send();
  run.peer_closes();
  run.wait();
  run.answer(challenge(key_directory + "/second.key"));
  run.read_key("another-key");
  REQUIRE(run.next() == need::connect);
  run.connect();
  const std::string request = run.send();
  CHECK(contains(request, "Basic another-key\r\n"));
  CHECK_FALSE(contains(request, key));
  run.receive(token_response());
  CHECK(run.secret() == token);
}

TEST_CASE("handshake: localhost tries 127.0.0.1, then ::1 at once") {
  exchange run;
  run.steps().failed(io_status::refused, 111);
  REQUIRE(run.next() == need::connect);
  CHECK(run.steps().peer().is_ipv6);
  CHECK(run.steps().peer().port == 40342);
  run.steps().failed(io_status::refused, 111);
  REQUIRE(run.next() == need::wait);
  run.wait();
  REQUIRE(run.next() == need::connect);
  CHECK_FALSE(run.steps().peer().is_ipv6);
  run.steps().failed(io_status::failed, 97);
  CHECK(run.steps().peer().is_ipv6);
  run.answer(challenge());
  run.read_key();
  run.send();
  run.receive(token_response());
  CHECK(run.secret() == token);
}

TEST_CASE("handshake: one refused address is retried, other failures end the exchange") {
  exchange run;
  run.steps().failed(io_status::refused, 111);
  run.steps().failed(io_status::failed, 97);
  CHECK(run.next() == need::wait);
  run.steps().give_up();  // The other address's system error would be misleading.
  CHECK(run.steps().result().error().system_error() == 0);

  exchange numeric(token_request(vault), at(numeric_url));
  numeric.steps().failed(io_status::failed, 97);
  CHECK(numeric.code() == errc::connection_failed);
  CHECK(contains(numeric.message(), "127.0.0.1:40342"));
  CHECK(contains(numeric.message(), "97"));
  CHECK(numeric.steps().result().error().system_error() == 97);
}

TEST_CASE("handshake: no listener for three seconds gives connection_refused") {
  for (const std::string& where : {url, numeric_url, std::string("http://[::1]:40342")}) {
    CAPTURE(where);
    exchange run(token_request(vault), at(where));
    std::chrono::milliseconds waited{0};
    int waits = 0;
    while (run.next() != need::nothing) {
      REQUIRE(waits < 100);
      if (run.next() == need::connect) {
        run.steps().failed(io_status::refused, 111);
        continue;
      }
      REQUIRE(run.next() == need::wait);
      CHECK(run.steps().wait_time() > 0ms);
      waited += run.steps().wait_time();
      ++waits;
      run.wait();
    }
    CHECK(waited == 3000ms);
    CHECK(waits >= 3);
    CHECK(run.code() == errc::connection_refused);
    CHECK(contains(run.message(), "nothing is listening"));
    CHECK(contains(run.message(), ":40342"));
    CHECK(contains(run.message(), "himds"));
    CHECK(run.steps().result().error().system_error() == 111);
  }
}

TEST_CASE("handshake: the three seconds of retries restart after a connection") {
  exchange run(token_request(vault), at(numeric_url));
  for (int i = 0; i < 2; ++i) {
    run.steps().failed(io_status::refused);
    run.wait();
  }
  run.connect();
  run.send();
  run.peer_closes();
  run.wait();
  std::chrono::milliseconds waited{0};
  while (run.next() != need::nothing) {
    if (run.next() == need::connect) run.steps().failed(io_status::refused);
    if (run.next() == need::nothing) break;
    waited += run.steps().wait_time();
    run.wait();
  }
  CHECK(waited == 3000ms);
  CHECK(run.code() == errc::connection_refused);
}

TEST_CASE("handshake: a key goes only to the address that asked for it") {
  exchange run;
  run.answer(challenge(key_path, "Connection: close\r\n"));
  run.read_key();
  REQUIRE(run.next() == need::connect);
  CHECK_FALSE(run.steps().peer().is_ipv6);
  run.steps().failed(io_status::refused, 111);
  REQUIRE(run.next() == need::wait);
  CHECK_FALSE(contains(run.workspace(), key));
}

TEST_CASE("handshake: a lost connection restarts the exchange") {
  for (const io_status status : {io_status::lost, io_status::failed, io_status::timed_out}) {
    CAPTURE(static_cast<int>(status));
    for (int step = 0; step < 4; ++step) {
      CAPTURE(step);
      exchange run;
      run.connect();
      if (step >= 1) run.send();
      if (step >= 2) run.receive(challenge());
      if (step >= 2) run.read_key();
      if (step >= 3) run.send();
      run.steps().failed(status, 104);
      REQUIRE(run.next() == need::wait);
      CHECK_FALSE(contains(run.workspace(), key));
      REQUIRE(run.events.back().kind == event_kind::retrying);
      CHECK(run.events.back().reason ==
            (status == io_status::timed_out ? errc::timed_out : errc::connection_lost));
      CHECK(run.events.back().wait == run.steps().wait_time());
      run.wait();
      run.connect();
      CHECK(run.send() == first_request + "\r\n");
      run.receive(token_response());
      CHECK(run.secret() == token);
    }
  }
}

TEST_CASE("handshake: a connection that always breaks gives connection_lost after max_attempts") {
  for (unsigned attempts = 1; attempts < 5; ++attempts) {
    setup given;
    given.options.max_attempts = attempts;
    exchange run(token_request(vault), given);
    unsigned connections = 0;
    while (run.next() != need::nothing) {
      ++connections;
      run.connect();
      run.send();
      run.steps().failed(io_status::lost, 104);
      if (run.next() == need::wait) run.wait();
    }
    CHECK(connections == attempts);
    CHECK(run.code() == errc::connection_lost);
    CHECK(contains(run.message(), "was lost"));
    CHECK(contains(run.message(), "104"));
  }
}

TEST_CASE("handshake: a connect that times out is retried") {
  exchange run(token_request(vault), at(numeric_url));
  run.steps().failed(io_status::timed_out);
  REQUIRE(run.next() == need::wait);
  run.steps().give_up();
  CHECK(run.code() == errc::timed_out);
  CHECK(contains(run.message(), "connecting"));
}

TEST_CASE("handshake: a close during a response gives connection_lost") {
  for (const std::string& part :
       {std::string(), std::string("HTTP/1.1 20"), token_response().substr(0, 60),
        token_response().substr(0, token_response().size() - 3)}) {
    CAPTURE(part);
    setup given;
    given.options.max_attempts = 1;
    exchange run(token_request(vault), given);
    run.answer(part);
    run.peer_closes();
    CHECK(run.code() == errc::connection_lost);
    CHECK(contains(run.message(), part.empty() ? "without an answer" : "during its response"));
    CHECK_FALSE(contains(run.workspace(), "SECRET"));
  }
}

TEST_CASE("handshake: a broken connection leaves no part of a token in the workspace") {
  for (const io_status status : {io_status::lost, io_status::failed, io_status::timed_out}) {
    exchange run;
    run.answer(token_response().substr(0, token_response().size() - 3));
    CHECK(contains(run.workspace(), token));
    run.steps().failed(status);
    REQUIRE(run.next() == need::wait);
    CHECK_FALSE(contains(run.workspace(), "SECRET"));
  }
  exchange run;
  run.answer(token_response().substr(0, token_response().size() - 3));
  run.steps().give_up();
  CHECK(run.code() == errc::timed_out);
  CHECK_FALSE(contains(run.workspace(), "SECRET"));
}

// --- The agent's errors --------------------------------------------------------------------------

TEST_CASE("handshake: 400, 403, 404 and the like end at once with the agent's text") {
  for (const int status : {400, 402, 403, 404, 405, 409, 413, 418, 431, 451, 499}) {
    CAPTURE(status);
    exchange run;
    run.answer(failure(status, "invalid_request", "Tell me the api-version"));
    CHECK(run.code() == errc::request_refused);
    CHECK(run.http_status() == status);
    CHECK(contains(run.message(), "the agent refused the request"));
    CHECK(contains(run.message(), "invalid_request: Tell me the api-version"));
    CHECK(contains(run.message(), "HTTP " + std::to_string(status)));
  }
}

TEST_CASE("handshake: every kind of error body is quoted") {
  struct {
    const char* body;
    const char* words;
  } const cases[] = {
      {R"({"error":"a_code","error_description":"words","error_codes":[1]})", "a_code: words"},
      {R"({"error":{"code":"a_code","message":"words"}})", "a_code: words"},
      {R"({"message":"words","correlationId":"1-2"})", "words (correlationId: 1-2) (HTTP 400)"},
      {R"({"statusCode":403,"message":"words"})", "request: words (HTTP 400)"},
      {R"({"StatusCode":500,"Message":"words"})", "request: words (HTTP 400)"},
      {R"({"detail":"words"})", R"({"detail":"words"})"},
      {"plain words", "plain words"},
  };
  for (const auto& c : cases) {
    exchange run;
    run.answer(response(400, "", c.body));
    CHECK(contains(run.message(), c.words));
  }
  exchange empty;
  empty.answer(response(400, "", ""));
  CHECK(empty.message() ==
        "the agent refused the request (HTTP 400). "
        "Check the resource and the identity");
}

TEST_CASE("handshake: a text overwritten by the next attempt is not shown") {
  exchange run;
  run.answer(response(503, "", R"({"error":"a_code","message":"later","correlationId":"0a-1b"})"));
  run.wait();
  run.steps().give_up();
  CHECK(run.message() ==
        "the agent is temporarily unavailable (HTTP 503). "
        "Try again later; if it persists, restart himdsd (on Windows: himds)");
}

TEST_CASE("handshake: an error in a 200 is reported with the agent's text") {
  exchange run;
  run.answer(failure(200, "invalid_resource", "No such resource"));
  CHECK(run.code() == errc::invalid_token_response);
  CHECK(run.message() ==
        "the agent sent an error with status 200: invalid_resource: No such resource (HTTP 200). "
        "Check the resource and the identity");
  exchange keyed;
  keyed.answer(challenge());
  keyed.read_key();
  keyed.send();
  keyed.receive(failure(200, "bad_key", "not " + key));
  CHECK(contains(keyed.message(), "repeats the key"));
  for (const char* const body :
       {R"({"token":"SECRET"})", R"({"access_token":7,"error":"eyJSECRET"})", "SECRET",
        R"({"error":"x","access_token":"SECRET"})", R"({"error":"SECRET)"}) {
    CAPTURE(body);
    exchange other;
    other.answer(response(200, "", body));
    CHECK(other.code() == errc::invalid_token_response);
    CHECK(contains(other.message(), "listening there"));
    CHECK_FALSE(contains(other.workspace(), "SECRET"));
  }
}

TEST_CASE("handshake: an agent that repeats the key is not quoted") {
  const std::string bodies[] = {
      "Authorization: Basic " + key,
      R"({"detail":"not )" + key + R"( again"})",
      R"({"detail":"not \u004b)" + key.substr(1) + R"( again"})",
      R"({"message":"no","correlationId":")" + key + R"("})",
      R"({"error":")" + key + R"("})",
      R"({"error":"bad_key","error_description":"not )" + key + R"( again"})",
      R"({"message":"\u004b)" + key.substr(1) + R"("})",
      R"({"message":"Authorization: Basic )" + key.substr(0, key.size() - 2) + R"(..."})",
  };
  for (const std::string& body : bodies) {
    for (const int status : {400, 401, 404, 503}) {
      CAPTURE(body);
      exchange run;
      run.answer(challenge());
      run.read_key();
      run.send();
      run.receive(response(status, "", body));
      if (run.next() == need::wait) run.steps().give_up();
      CHECK(run.http_status() == status);
      CHECK_FALSE(contains(run.message(), key.substr(1, key.size() - 3)));
      CHECK(contains(run.message(), "repeats the key"));
    }
  }
}

TEST_CASE("handshake: a key behind escapes that are not decoded is not quoted") {
  const std::string escaped = R"(\u004b)" + key.substr(1);
  const std::string bodies[] = {"[\"" + escaped + "\"]",
                                '"' + escaped + '"',
                                escaped,
                                R"({"message":")" + escaped,
                                R"({"message":"\)" + escaped + "\"}",
                                R"({"detail":"\)" + escaped + "\"}"};
  for (const std::string& body : bodies) {
    CAPTURE(body);
    exchange run;
    run.answer(challenge());
    run.read_key();
    run.send();
    run.receive(response(403, "", body));
    CHECK(run.http_status() == 403);
    CHECK_FALSE(contains(run.message(), key.substr(1)));
  }
}

TEST_CASE("handshake: the agent's text is made printable and cut") {
  exchange run;
  run.answer(response(400, "", "\x1b[2J\x07 caf\xc3\xa9 \r\n" + std::string(5000, 'x')));
  CHECK(is_printable(run.message()));
  CHECK(run.message().size() < 384);
  CHECK(contains(run.message(), "x..."));
  exchange escaped;
  escaped.answer(response(400, "", R"({"error":"\u001b[31m\u0000","error_description":"\u202e"})"));
  CHECK(is_printable(escaped.message()));
}

TEST_CASE("handshake: an unassigned identity gives identity_not_found") {
  for (const bool keyed : {false, true}) {
    exchange run{token_request(vault, managed_identity_id::client_id("c-1"))};
    run.connect();
    run.send();
    if (keyed) {
      run.receive(challenge());
      run.read_key();
      run.send();
    }
    run.receive(failure(404, "identity_not_found", "No such identity here"));
    CHECK(run.code() == errc::identity_not_found);
    CHECK(run.http_status() == 404);
    CHECK(contains(run.message(), "no such identity"));
    CHECK(contains(run.message(), "No such identity here"));
    CHECK(contains(run.message(), "Assign"));
  }
  exchange refused;  // The code means this only with the status 404.
  refused.answer(failure(403, "identity_not_found", "No such identity here"));
  CHECK(refused.code() == errc::request_refused);
}

TEST_CASE("handshake: an unavailable agent is retried") {
  for (const int status : {408, 410, 429, 500, 502, 503, 504, 599}) {
    CAPTURE(status);
    exchange run;
    run.answer(failure(status, "busy", "Loading the configuration"));
    REQUIRE(run.next() == need::wait);
    const seen_event& event = run.events.back();
    CHECK(event.kind == event_kind::retrying);
    CHECK(event.reason == errc::agent_unavailable);
    CHECK(event.http_status == status);
    run.wait();
    run.answer(token_response());
    CHECK(run.secret() == token);
  }
}

TEST_CASE("handshake: an agent that stays unavailable gives agent_unavailable with its text") {
  setup given;
  given.options.max_attempts = 2;
  exchange run(token_request(vault), given);
  run.answer(failure(503, "busy", "Loading the configuration"));
  run.wait();
  run.answer(failure(429, "slow_down", "Too many requests"));
  CHECK(run.code() == errc::agent_unavailable);
  CHECK(run.http_status() == 429);
  CHECK(contains(run.message(), "slow_down: Too many requests"));
  CHECK(contains(run.message(), "Try again later"));

  exchange patient;
  patient.answer(failure(503, "busy", "Loading the configuration"));
  patient.steps().give_up();
  CHECK(patient.code() == errc::agent_unavailable);
  CHECK(contains(patient.message(), "busy: Loading the configuration"));
}

TEST_CASE("handshake: a 503 to a key restarts the exchange without a key") {
  exchange run;
  run.answer(challenge());
  run.read_key();
  CHECK(contains(run.send(), key));
  run.receive(failure(503, "busy", "Later"));
  run.wait();
  run.connect();
  CHECK(run.send() == first_request + "\r\n");
}

TEST_CASE("handshake: Retry-After in seconds is honoured, a date is ignored") {
  const auto wait_for = [](const std::string& fields) {
    exchange run;
    run.answer(failure(503, "busy", "Later", fields));
    REQUIRE(run.next() == need::wait);
    return run.steps().wait_time();
  };
  const auto is_about = [](std::chrono::milliseconds wait, std::chrono::milliseconds expected) {
    return wait >= expected && wait <= expected + 200ms;
  };
  const std::string date = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
  CHECK(is_about(wait_for("Retry-After: 7\r\n"), 7s));
  CHECK(is_about(wait_for("retry-after:   12  \r\n"), 12s));
  CHECK(is_about(wait_for(date + "Retry-After: Sun, 06 Nov 1994 08:50:07 GMT\r\n"), 0s));
  CHECK(is_about(wait_for("Retry-After: 0\r\n"), 0s));
  CHECK(is_about(wait_for("Retry-After: -5\r\n"), 0s));
  CHECK(is_about(wait_for("Retry-After: soon\r\n"), 0s));
  CHECK(is_about(wait_for("Retry-After:\r\n"), 0s));
  CHECK(wait_for("Retry-After: 99999999999999999999999999\r\n") > 24h);
}

TEST_CASE("handshake: the error has the agent's Retry-After") {
  exchange run;
  CHECK(run.steps().result().error().retry_after() == 0ms);
  run.answer(failure(503, "busy", "Later", "Retry-After: 40\r\n"));
  run.steps().give_up();
  CHECK(run.code() == errc::agent_unavailable);
  CHECK(run.steps().result().error().retry_after() == 40s);

  exchange late;  // The step before the wait is not requested again.
  late.answer(failure(503, "busy", "Later", "Retry-After: 40\r\n"));
  late.wait();
  late.steps().give_up();
  CHECK(late.code() == errc::agent_unavailable);
  CHECK(late.steps().result().error().retry_after() == 0ms);
}

TEST_CASE("handshake: a challenge that contains the previous key is neither quoted nor used") {
  for (const std::string& realm : {key, key_directory + "/" + key + ".key"}) {
    exchange run;
    run.answer(challenge());
    run.read_key();
    run.send();
    run.receive(failure(503, "busy", "Later"));
    run.wait();
    run.answer(challenge(realm));
    CHECK(run.code() == errc::key_path_rejected);
    CHECK(contains(run.message(), "contains a key that was sent before"));
  }
}

TEST_CASE("handshake: a key that the agent issues again is sent again") {
  const std::string refusal = failure(401, "bad_key", "No");
  for (const std::string& answer :
       {failure(503, "busy", "Later"), failure(500, "broken", "Oh"), failure(429, "slow", "Wait"),
        refusal, refusal.substr(0, refusal.size() - 1), std::string()}) {
    CAPTURE(answer);
    exchange run;
    run.answer(challenge());
    run.read_key();
    CHECK(contains(run.send(), key));
    run.receive(answer);
    if (run.next() == need::receive) run.steps().failed(io_status::lost);
    run.wait();
    run.connect();
    CHECK(run.send() == first_request + "\r\n");
    run.receive(challenge());
    run.read_key();
    if (run.next() == need::connect) run.connect();
    CHECK(contains(run.send(), "Basic " + key + "\r\n"));
    run.receive(token_response());
    CHECK(run.secret() == token);
  }
}

TEST_CASE("handshake: a key that is always rejected is sent only twice") {
  exchange run;
  for (int i = 0; i < 2; ++i) {
    run.answer(challenge());
    run.read_key();
    CHECK(contains(run.send(), key));
    run.receive(failure(401, "bad_key", "No"));
    if (i == 0) run.wait();
  }
  CHECK(run.code() == errc::key_rejected);
  CHECK(contains(run.message(), "bad_key: No"));
}

TEST_CASE("handshake: a key quoted without its surrounding blanks is recognized") {
  exchange run;
  run.answer(challenge());
  run.read_key(" " + key + " \n");
  run.send();
  run.receive(failure(403, "bad_key", "not " + key));
  CHECK(contains(run.message(), "repeats the key"));
  CHECK_FALSE(contains(run.message(), key));
}

TEST_CASE("handshake: a TCP self-connect counts as refused") {
  exchange run;
  run.connect();
  run.receive(run.send());
  REQUIRE(run.next() == need::wait);
  run.steps().give_up();
  CHECK(run.code() == errc::connection_refused);
}

TEST_CASE("handshake: there is no result before the end") {
  exchange run;
  CHECK_FALSE(run.steps().result());
  run.connect();
  CHECK_FALSE(run.steps().result());
}

TEST_CASE("handshake: each of several Content-Encodings is checked") {
  exchange run;
  run.answer(token_response("", "Content-Encoding: identity\r\nContent-Encoding: gzip\r\n"));
  CHECK(run.code() == errc::malformed_response);
  exchange plain;
  plain.answer(token_response("", "Content-Encoding: identity\r\nContent-Encoding:\r\n"));
  CHECK(plain.secret() == token);
}

TEST_CASE("handshake: a relative key directory is refused") {
  setup given;
  for (const char* const relative : {"tokens", "t", "C:", "C:tokens", "a:b"}) {
    given.options.key_directory = relative;
    CHECK(exchange(token_request(vault), given).code() == errc::invalid_argument);
  }
  for (const char* const absolute :
       {"/tokens", "/:a", "/:a/tokens", "C:\\tokens", "C:/tokens", "\\\\server\\tokens"}) {
    given.options.key_directory = absolute;
    CHECK(exchange(token_request(vault), given).next() == need::connect);
  }
}

TEST_CASE("handshake: a possibly truncated token is not quoted") {
  exchange run;
  run.answer(response(403, "", R"({"access_token":")" + token.substr(0, 20)));
  CHECK_FALSE(contains(run.message(), token.substr(0, 10)));
  for (const char* const name : {"access_token", "accessToken", "AccessToken"}) {
    exchange opaque;
    opaque.answer(response(403, "", "{\"" + std::string(name) + "\":\"an opaque token\"}"));
    CHECK_FALSE(contains(opaque.message(), "opaque"));
  }
  exchange bare;
  bare.answer(response(403, "", token));
  CHECK_FALSE(contains(bare.message(), token.substr(0, 10)));
  for (const char* const member : {"error", "error_description", "message"}) {
    exchange quoting;
    quoting.answer(response(
        403, "", "{\"" + std::string(member) + "\":\"got \\u0065" + token.substr(1) + "\"}"));
    CHECK_FALSE(contains(quoting.message(), token.substr(1, 10)));
  }
  exchange unknown;  // Only the code counts, not the description.
  unknown.answer(failure(404, "identity_not_found", "no access_token for it"));
  CHECK(unknown.code() == errc::identity_not_found);
  CHECK_FALSE(contains(unknown.message(), "access_token"));
}

TEST_CASE("handshake: a workspace without room for the key gives workspace_too_small") {
  setup given;
  given.workspace_bytes = first_request.size() + 2 + 4;
  exchange run(token_request(vault), given);
  run.answer("HTTP/1.1 401 U\r\nWww-Authenticate: Basic realm=" + key_path +
             "\r\nContent-Length: 0\r\n\r\n");
  CHECK(run.code() == errc::workspace_too_small);
}

TEST_CASE("handshake: waits grow within bounds and differ by seed") {
  const auto waits_for = [](std::uint32_t random) {
    setup given;
    given.random = random;
    exchange run(token_request(vault), given);
    std::vector<std::chrono::milliseconds> waits;
    while (run.next() != need::nothing) {
      run.answer(failure(503, "busy", "Later"));
      if (run.next() != need::wait) break;
      waits.push_back(run.steps().wait_time());
      run.wait();
    }
    return waits;
  };
  const auto waits = waits_for(1);
  REQUIRE(waits.size() == 15);
  std::chrono::milliseconds longest{200};
  for (const std::chrono::milliseconds wait : waits) {
    CHECK(wait >= 1ms);
    CHECK(wait <= longest);
    longest = longest < 6400ms ? longest * 2 : longest;
  }
  CHECK(waits == waits_for(1));
  CHECK(waits != waits_for(1000));
  CHECK(waits_for(7777) != waits_for(1000));
  CHECK(waits_for(0).size() == 15);
}

TEST_CASE("handshake: redirects and other statuses give unexpected_status") {
  for (const int status : {201, 203, 206, 300, 301, 302, 303, 307, 308}) {
    CAPTURE(status);
    exchange run;
    run.answer(response(status, "Location: http://127.0.0.1:1/elsewhere\r\n", ""));
    CHECK(run.code() == errc::unexpected_status);
    CHECK(run.http_status() == status);
    CHECK(contains(run.message(), "HTTP " + std::to_string(status)));
  }
  for (const int status : {204, 304}) {
    exchange run;
    run.answer("HTTP/1.1 " + std::to_string(status) + " Reason\r\n\r\n");
    CHECK(run.code() == errc::unexpected_status);
  }
}

TEST_CASE("handshake: a token in an invalid response is not quoted") {
  for (const int status : {201, 203, 206, 302}) {
    CAPTURE(status);
    exchange whole;
    whole.answer(response(status, "", token_body()));
    CHECK(whole.code() == errc::unexpected_status);
    exchange part;
    part.answer(response(status, "", token_body().substr(0, 70)));
    CHECK(part.code() == errc::unexpected_status);
    exchange bare;
    bare.answer(response(status, "", token));
    CHECK(bare.code() == errc::unexpected_status);
  }
}

TEST_CASE("handshake: a response that is not HTTP, or ambiguous, is refused") {
  const std::string body = token_body();
  const std::string length = "Content-Length: " + std::to_string(body.size()) + "\r\n";
  const std::string cases[] = {
      "SSH-2.0-OpenSSH_9.2\r\n",
      "HTTP/2 200\r\n\r\n",
      "HTTP/1.1 20x OK\r\n\r\n",
      "HTTP/1.1 200 OK\r\n" + length + "Content-Length: 5\r\n\r\n" + body,
      "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" + body,
      "HTTP/1.1 200 OK\r\n" + length + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\n" + body,
      "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n" + length + "\r\n" + body,
      "HTTP/1.1 101 Switching Protocols\r\n\r\n",
  };
  for (const std::string& text : cases) {
    CAPTURE(text);
    exchange run;
    run.answer(text);
    CHECK(run.code() == errc::malformed_response);
    CHECK(contains(run.message(), "Check that the program listening there"));
    CHECK_FALSE(contains(run.workspace(), "SECRET"));
  }
}

TEST_CASE("handshake: a Content-Encoding is refused in each response") {
  for (const char* const coding : {"gzip", "br", "identity, gzip", "x"}) {
    const std::string field = "Content-Encoding: " + std::string(coding) + "\r\n";
    exchange on_token;
    on_token.answer(token_response("", field));
    CHECK(on_token.code() == errc::malformed_response);
    CHECK(contains(on_token.message(), "Content-Encoding"));
    CHECK_FALSE(contains(on_token.workspace(), token));
    exchange on_challenge;
    on_challenge.answer(challenge(key_path, field));
    CHECK(on_challenge.code() == errc::malformed_response);
  }
  exchange run;
  run.answer(token_response("", "Content-Encoding: Identity\r\n"));
  CHECK(run.secret() == token);
}

TEST_CASE("handshake: 200 without a usable token gives invalid_token_response") {
  const std::string cases[] = {
      "",
      "[]",
      "{}",
      token,
      R"({"access_token":"","expires_in":"1"})",
      R"({"access_token":1,"expires_in":"1"})",
      R"({"access_token":"SECRET"})",
      R"({"access_token":"SECRET","expires_in":"0"})",
      R"({"access_token":"SECRET","expires_on":"1789999999"})",
      R"({"access_token":"SECRET\r\nX: y","expires_in":"60"})",
      R"({"access_token":"SECRET","access_token":"SECRET2","expires_in":"60"})",
      R"({"access_token":"SECRET","expires_in":"60")",
  };
  for (const std::string& body : cases) {
    CAPTURE(body);
    exchange run;
    run.answer(response(200, "", body));
    CHECK(run.code() == errc::invalid_token_response);
    CHECK(run.http_status() == 200);
    CHECK_FALSE(contains(run.workspace(), "SECRET"));
  }
}

TEST_CASE("handshake: a response that is too large gives response_too_large") {
  exchange head;
  head.answer("HTTP/1.1 200 OK\r\nX: " + std::string(17'000, 'x'));
  CHECK(head.code() == errc::response_too_large);

  exchange body;
  body.answer(response(200, "", std::string(17'000, ' ')));
  CHECK(body.code() == errc::response_too_large);

  setup given;
  given.workspace_bytes = 200'000;
  exchange limit(token_request(vault), given);
  limit.answer(response(200, "", std::string(65'537, ' ')));
  CHECK(limit.code() == errc::response_too_large);

  exchange endless;
  std::string interim;
  for (int i = 0; i < 9; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  endless.answer(interim);
  CHECK(endless.code() == errc::response_too_large);
}

// --- The challenge and the key -------------------------------------------------------------------

TEST_CASE("handshake: a 401 without a challenge is reported with the agent's text") {
  exchange run;
  run.answer(failure(401, "unauthorized_client", "Not for you"));
  CHECK(run.code() == errc::invalid_challenge);
  CHECK(run.http_status() == 401);
  CHECK(contains(run.message(), "without a challenge"));
  CHECK(contains(run.message(), "unauthorized_client: Not for you"));
}

TEST_CASE("handshake: a challenge without a valid key path gives key_path_rejected") {
  const std::string cases[] = {
      "Basic realm=/etc/shadow",
      "Basic realm=/etc/x.key",
      "Basic realm=" + key_directory + "/../x.key",
      "Basic realm=" + key_directory + "/sub/x.key",
      "Basic realm=" + key_directory + "/x.txt",
      "Basic realm=" + key_directory + "/.key",
      "Basic realm=" + key_directory + "x/y.key",
      "Basic realm=x.key",
      "Basic realm=",
      "Basic realm=\"" + key_path,
      "Basic realm",
      "Basic",
      "Negotiate",
      "Bearer realm=" + key_path,
      "Basic realm=" + key_path + ", realm=" + key_path,
  };
  for (const std::string& field : cases) {
    CAPTURE(field);
    exchange run;
    run.answer(response(401, "WWW-Authenticate: " + field + "\r\n", "{}"));
    CHECK(run.code() == errc::key_path_rejected);
    CHECK(run.http_status() == 401);
    CHECK(run.events.size() == 1);
  }
  exchange run;
  run.answer(challenge("/etc/shadow"));
  CHECK(contains(run.message(), "/etc/shadow"));
  CHECK(contains(run.message(), "not directly in the key directory"));
}

TEST_CASE("handshake: the Basic challenge is found at any position and in any spelling") {
  const std::string cases[] = {
      "WWW-AUTHENTICATE: BASIC REALM=" + key_path + "  \r\n",
      "www-authenticate: basic realm=\"" + key_path + "\"\r\n",
      "WWW-Authenticate: Negotiate\r\nWWW-Authenticate: Basic realm=" + key_path + "\r\n",
      "WWW-Authenticate: Bearer realm=\"x, y\", Basic charset=\"UTF-8\", realm=" + key_path +
          "\r\n",
  };
  for (const std::string& fields : cases) {
    CAPTURE(fields);
    exchange run;
    run.answer(response(401, fields, ""));
    REQUIRE(run.next() == need::read_key);
    CHECK(std::string(run.steps().key_path()) == key_path);
  }
}

TEST_CASE("handshake: a challenge whose body never ends is used") {
  const std::string whole = challenge();
  const std::size_t end_of_head = whole.find("\r\n\r\n") + 4;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    exchange run;
    run.answer(whole.substr(0, size));
    if (size < end_of_head) {
      CHECK(run.next() == need::receive);
      continue;
    }
    CHECK(std::string(run.steps().key_path()) == key_path);
    run.read_key();
    run.connect();  // The old connection still has the rest of that body.
    CHECK(run.send() == first_request + "Authorization: Basic " + key + "\r\n\r\n");
    run.receive(token_response());
    CHECK(run.secret() == token);
  }
  for (const std::string& field :
       {std::string("Transfer-Encoding: chunked"), std::string("X: y")}) {
    exchange run;
    run.answer("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=" + key_path + "\r\n" +
               field + "\r\n\r\n");
    CHECK(std::string(run.steps().key_path()) == key_path);
  }
}

TEST_CASE("handshake: a challenge with a malformed body is used") {
  const std::string head =
      "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=" + key_path + "\r\n";
  const std::string chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
  for (const std::string& answer :
       {head + "\r\n" + std::string(20'000, 'x'), head + "Content-Length: 10000000000\r\n\r\nx",
        chunked + "-1\r\n", chunked + "10000000000000001\r\n", chunked + "1\r\nxx",
        chunked + "0\r\nX: \x01\r\n"}) {
    for (const bool at_once : {true, false}) {
      CAPTURE(answer.substr(0, 200));
      exchange run;
      const std::size_t size = at_once ? answer.size() : answer.find("\r\n\r\n") + 4;
      run.answer(answer.substr(0, size));
      CHECK(std::string(run.steps().key_path()) == key_path);
      run.read_key();
      run.connect();
      CHECK(contains(run.send(), key));
    }
  }
  exchange closed;
  closed.answer(head + "Content-Length: 5\r\n\r\nx");
  CHECK(closed.next() == need::read_key);
  for (const char* const fields : {"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                                   "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
                                   "X : y\r\n\r\n", "Content-Length: -1\r\n\r\n"}) {
    exchange ambiguous;
    ambiguous.answer(head + fields);
    CHECK(ambiguous.code() == errc::malformed_response);
  }
}

TEST_CASE("handshake: the text with an unusable challenge is waited for, but not required") {
  const std::string head = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 5\r\n";
  exchange without;
  without.answer(head + "\r\n");
  CHECK(without.next() == need::receive);
  without.receive("words");
  CHECK(without.code() == errc::invalid_challenge);
  CHECK(contains(without.message(), "words"));
  exchange bearer;
  bearer.answer(head + "WWW-Authenticate: Bearer\r\n\r\n");
  CHECK(bearer.next() == need::receive);
  exchange outside;
  outside.answer(head + "WWW-Authenticate: Basic realm=/etc/shadow\r\n\r\n");
  CHECK(outside.code() == errc::key_path_rejected);
  CHECK(outside.http_status() == 401);
  exchange coded;
  coded.answer(head + "WWW-Authenticate: Basic realm=" + key_path +
               "\r\nContent-Encoding: gzip\r\n\r\n");
  CHECK(coded.next() == need::receive);
  coded.receive("words");
  CHECK(coded.code() == errc::malformed_response);
}

TEST_CASE("handshake: an unfinished response is reported with its status") {
  for (const int status : {200, 401, 403, 503}) {
    for (const io_status how : {io_status::timed_out, io_status::lost}) {
      CAPTURE(status);
      setup given;
      given.options.max_attempts = 1;
      exchange run(token_request(vault), given);
      const std::string answer = failure(status, "a_code", "words");
      run.answer(answer.substr(0, answer.size() - 1));
      run.steps().failed(how);
      CHECK(run.code() == (how == io_status::lost ? errc::connection_lost : errc::timed_out));
      CHECK(run.http_status() == status);
      CHECK(contains(run.message(), "HTTP " + std::to_string(status)));
      if (how == io_status::timed_out)
        CHECK(contains(run.message(), "did not complete its answer"));
    }
  }
  exchange twice;
  twice.answer(failure(503, "busy", "Later"));
  twice.wait();
  twice.answer(failure(401, "a_code", "words").substr(0, 100));
  twice.steps().give_up();
  CHECK(twice.code() == errc::timed_out);
  CHECK(twice.http_status() == 401);
  CHECK(contains(twice.message(), "before that: the agent is temporarily unavailable"));
  exchange silent;
  silent.answer(failure(503, "busy", "Later"));
  silent.wait();
  silent.connect();
  silent.steps().give_up();
  CHECK(silent.code() == errc::timed_out);
  CHECK(contains(silent.message(), "before that: the agent is temporarily unavailable (HTTP 503)"));
  exchange keyed;  // The previous answer's status is not reported for the missing one.
  keyed.answer(challenge());
  keyed.read_key();
  keyed.send();
  keyed.steps().give_up();
  CHECK(keyed.http_status() == 0);
}

TEST_CASE("handshake: a shortage of a system resource is retried") {
  exchange key_file;
  key_file.answer(challenge());
  REQUIRE(key_file.next() == need::read_key);
  key_file.steps().key_read({key_file_status::busy, 0, 24});
  REQUIRE(key_file.next() == need::wait);
  CHECK(key_file.events.back().reason == errc::key_file_failed);
  key_file.wait();
  key_file.answer(token_response());
  CHECK(key_file.secret() == token);

  exchange socket(token_request(vault), at(numeric_url));
  socket.steps().failed(io_status::busy, 24);
  REQUIRE(socket.next() == need::wait);
  CHECK(socket.events.back().reason == errc::connection_failed);
  socket.wait();
  socket.answer(token_response());
  CHECK(socket.secret() == token);
}

TEST_CASE("handshake: a lasting shortage of a system resource is reported") {
  exchange key_file;
  while (key_file.next() != need::nothing) {
    key_file.answer(challenge());
    key_file.steps().key_read({key_file_status::busy, 0, 24, "too many open files"});
    if (key_file.next() == need::wait) key_file.wait();
  }
  CHECK(key_file.code() == errc::key_file_failed);
  CHECK(contains(key_file.message(), "too many open files: " + key_path));
  CHECK(contains(key_file.message(), "system error 24"));

  exchange socket(token_request(vault), at(numeric_url));
  socket.steps().failed(io_status::busy, 24);
  socket.wait();
  socket.steps().give_up();
  CHECK(socket.code() == errc::connection_failed);
  CHECK(contains(socket.message(), "127.0.0.1:40342"));
  CHECK(contains(socket.message(), "another socket"));
}

TEST_CASE("handshake: back-off is cut to the time left, Retry-After is not") {
  exchange asked;
  asked.answer(failure(503, "busy", "Later", "Retry-After: 7\r\n"));
  asked.steps().shorten_wait(1s);
  CHECK(asked.steps().wait_time() > 7s);
  for (std::uint32_t random = 1; random < 100; ++random) {
    setup given;
    given.random = random * 7919;
    exchange own(token_request(vault), given);
    for (int i = 0; i < 6; ++i) {
      own.answer(failure(503, "busy", "Later"));
      if (i < 5) own.wait();
    }
    const std::chrono::milliseconds before = own.steps().wait_time();
    own.steps().shorten_wait(std::chrono::hours(24 * 365));
    CHECK(own.steps().wait_time() == before);
    own.steps().shorten_wait(2s);
    CHECK(own.steps().wait_time() == (before < 1s ? before : 1s));
    own.steps().shorten_wait(300ms);
    CHECK(own.steps().wait_time() == (before < 200ms ? before : 200ms));
    own.steps().shorten_wait(99ms);  // Too little time for an attempt after any wait.
    CHECK(own.steps().wait_time() >= (before < 99ms ? before : 99ms));
    own.steps().shorten_wait(-1s);  // No time is left.
    CHECK(own.steps().wait_time() > 0s);
  }
}

TEST_CASE("handshake: the key directory of the options is used") {
  setup given;
  given.options.key_directory = "/tmp/keys/";
  exchange run(token_request(vault), given);
  run.answer(challenge("/tmp/keys/x.key"));
  REQUIRE(run.next() == need::read_key);
  CHECK(std::string(run.steps().key_path()) == "/tmp/keys/x.key");
  exchange other(token_request(vault), given);
  other.answer(challenge());
  CHECK(other.code() == errc::key_path_rejected);
}

TEST_CASE("handshake: only line ends after the key are dropped") {
  struct {
    std::string content;
    std::string sent;
  } const cases[] = {
      {key + "\n", key},          {key + "\r\n", key},
      {key + "\r\n\r\n\n", key},  {key + " \n", key + " "},
      {"a b\tc", "a b\tc"},       {std::string(4096, 'k'), std::string(4096, 'k')},
      {"k\xc3\xa9", "k\xc3\xa9"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.content);
    exchange run;
    run.answer(challenge());
    run.read_key(c.content);
    CHECK(run.send() == first_request + "Authorization: Basic " + c.sent + "\r\n\r\n");
    CHECK_FALSE(contains(run.workspace(), c.sent));
  }
}

TEST_CASE("handshake: a key that is not valid in a header is not sent") {
  using namespace std::string_literals;
  const std::string cases[] = {
      "",
      "\r\n",
      "\n\n\n",
      "a\r\nX-Injected: yes",
      "a\nb",
      "a\rb",
      "a\0b"s,
      "\x7f",
      "a\x1b[2J",
      "\n" + key,
      std::string(4097, 'k'),
      std::string(4096, 'k') + "\n",
      std::string(9000, 'k'),
  };
  for (const std::string& content : cases) {
    CAPTURE(content);
    exchange run;
    run.answer(challenge());
    run.read_key(content);
    CHECK(run.code() == errc::key_file_invalid);
    CHECK(contains(run.message(), key_path));
    if (content.size() > 20) CHECK_FALSE(contains(run.workspace(), content.substr(0, 20)));
    CHECK(run.events.size() == 2);
  }
}

TEST_CASE("handshake: each key file failure gives its error") {
  const auto run_with = [](const key_file_result& file, errc expected) {
    exchange run;
    run.answer(challenge());
    REQUIRE(run.next() == need::read_key);
    run.steps().key_read(file);
    CHECK(run.code() == expected);
    CHECK(contains(run.message(), key_path));
    CHECK(run.steps().result().error().system_error() == file.system_error);
    return run.message();
  };
  std::string message = run_with({key_file_status::not_found, 0, 2}, errc::key_file_not_found);
  CHECK(contains(message, "does not exist"));
  CHECK(contains(message, "container"));
  message = run_with({key_file_status::denied, 0, 13, nullptr, "Join the group himds"},
                     errc::key_file_denied);
  CHECK(contains(message, "denied"));
  CHECK(contains(message, ". Join the group himds"));
  CHECK(contains(message, "13"));
  message = run_with({key_file_status::denied}, errc::key_file_denied);
  CHECK(contains(message, "Run as a user who may read"));
  message = run_with({key_file_status::invalid, 0, 0, "the key file is a symbolic link"},
                     errc::key_file_invalid);
  CHECK(contains(message, "symbolic link"));
  message = run_with({key_file_status::invalid}, errc::key_file_invalid);
  CHECK(contains(message, "not a regular file"));
  message = run_with({key_file_status::failed, 0, 5}, errc::key_file_failed);
  CHECK(contains(message, "5"));
}

TEST_CASE("handshake: a stale key is replaced once by a fresh one") {
  exchange run;
  run.answer(challenge());
  run.read_key();
  CHECK(contains(run.send(), key));
  run.receive(challenge(key_directory + "/fresh.key"));
  REQUIRE(run.next() == need::wait);
  CHECK(run.events.back().reason == errc::key_rejected);
  run.wait();
  run.connect();
  CHECK(run.send() == first_request + "\r\n");
  run.receive(challenge(key_directory + "/fresh.key"));
  CHECK(std::string(run.steps().key_path()) == key_directory + "/fresh.key");
  run.read_key("fresh-key");
  CHECK(contains(run.send(), "Basic fresh-key\r\n"));
  run.receive(token_response());
  CHECK(run.secret() == token);
}

TEST_CASE("handshake: two stale keys give key_rejected") {
  exchange run;
  for (int i = 0; i < 2; ++i) {
    run.answer(challenge());
    run.read_key("key-" + std::to_string(i));
    run.send();
    run.receive(failure(401, "unauthorized_client", "That key is stale"));
    if (i == 0) run.wait();
  }
  CHECK(run.code() == errc::key_rejected);
  CHECK(run.http_status() == 401);
  CHECK(contains(run.message(), "rejected the key"));
  CHECK(contains(run.message(), "That key is stale"));
  CHECK_FALSE(contains(run.message(), "key-1"));
}

TEST_CASE("handshake: the key is wiped from the workspace after it is sent") {
  exchange run;
  run.answer(challenge());
  run.read_key(key + "\r\n");
  CHECK(contains(run.workspace(), key));
  const std::string request(run.steps().output());
  run.steps().sent(request.size() - 1);
  CHECK(run.next() == need::send);
  run.steps().sent(1);
  CHECK(run.next() == need::receive);
  CHECK_FALSE(contains(run.workspace(), key));
  CHECK_FALSE(contains(run.workspace(), "only-once"));
}

TEST_CASE("handshake: a key that was not sent is wiped from the workspace") {
  exchange gives_up;
  gives_up.answer(challenge());
  gives_up.read_key();
  gives_up.steps().give_up();
  CHECK(gives_up.code() == errc::timed_out);
  CHECK_FALSE(contains(gives_up.workspace(), key));

  std::vector<char> workspace(16 * 1024);
  const auto endpoint = arc_identity::endpoint::parse(url);
  const auto has_key = [&] { return contains({workspace.begin(), workspace.end()}, key); };
  {
    arc_identity::handshake steps(*endpoint, vault, workspace);
    steps.connected();
    steps.sent(steps.output().size());
    const std::string bytes = challenge();
    std::memcpy(steps.input().data(), bytes.data(), bytes.size());
    steps.received(bytes.size());
    std::memcpy(steps.key_space().data(), key.data(), key.size());
    steps.key_read({key_file_status::ok, key.size()});
    CHECK(has_key());
  }
  CHECK_FALSE(has_key());
}

TEST_CASE("handshake: give_up() at each step gives timed_out") {
  struct {
    int step;
    const char* words;
  } const cases[] = {{0, "connecting"}, {1, "sending"}, {2, "did not answer"}, {3, "exchange"}};
  for (const auto& c : cases) {
    exchange run;
    if (c.step >= 1) run.connect();
    if (c.step >= 2) run.send();
    if (c.step >= 3) run.receive(challenge());
    run.steps().give_up();
    CHECK(run.code() == errc::timed_out);
    CHECK(contains(run.message(), c.words));
    CHECK(contains(run.message(), "Try again later"));
    run.steps().give_up();
    CHECK(run.code() == errc::timed_out);
  }
  exchange done;
  done.answer(token_response());
  done.steps().give_up();
  CHECK(done.secret() == token);
}

// --- The workspace -------------------------------------------------------------------------------

TEST_CASE("handshake: workspaces of each size end cleanly and are not overrun") {
  const std::string long_key(300, 'k');
  std::size_t too_small = 0;
  std::size_t too_large = 0;
  std::size_t tokens = 0;
  for (std::size_t size = 0; size < 1400; ++size) {
    CAPTURE(size);
    setup given;
    given.workspace_bytes = size;
    exchange run(token_request(vault), given);
    if (run.next() == need::connect) {
      run.connect();
      run.send();
      run.receive(challenge(key_path, "X: " + std::string(500, 'x') + "\r\n"));
    }
    if (run.next() == need::read_key) run.read_key(long_key);
    if (run.next() == need::connect) run.connect();  // If the body did not fit.
    if (run.next() == need::send) {
      CHECK(contains(run.send(), long_key + "\r\n\r\n"));
      run.receive(token_response());
    }
    REQUIRE(run.next() == need::nothing);
    if (run.steps().result()) {
      CHECK(run.secret() == token);
      ++tokens;
      continue;
    }
    CHECK(tokens == 0);
    CHECK_FALSE(contains(run.workspace(), long_key));
    if (run.code() == errc::workspace_too_small) ++too_small;
    if (run.code() == errc::response_too_large) ++too_large;
    CHECK((run.code() == errc::workspace_too_small || run.code() == errc::response_too_large));
  }
  CHECK(too_small > 150);
  CHECK(too_large > 10);
  CHECK(tokens > 500);
}

TEST_CASE("handshake: a key that does not fit the workspace gives workspace_too_small") {
  setup given;
  given.workspace_bytes = 2000;
  exchange run(token_request(vault), given);
  run.answer(challenge());
  run.read_key(std::string(4096, 'k'));
  CHECK(run.code() == errc::workspace_too_small);
  CHECK_FALSE(contains(run.workspace(), "kkkk"));
}
