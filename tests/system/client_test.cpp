// SPDX-License-Identifier: MIT
// The client over real sockets, with real key files, against an agent of raw bytes.

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <arc_identity/arc_identity.hpp>

#include "support/agent_texts.hpp"
#include "support/open_handles.hpp"
#include "support/raw_agent.hpp"
#include "support/temporary_directory.hpp"

namespace {

using agent_texts::contains;
using agent_texts::failure;
using agent_texts::token;
using agent_texts::token_body;
using agent_texts::token_response;
using namespace std::chrono_literals;
using arc_identity::errc;

/// Creates a key for each challenge, accepts each once, and records the requests.
class keys {
 public:
  std::string challenge(const std::string& fields = "") {
    const std::string number = std::to_string(++made_);
    const std::string path = directory_.write(number + ".key", "key-" + number + "\r\n");
    return agent_texts::challenge(path, fields);
  }
  const std::string& directory() const { return directory_.path(); }

  /// Reads a request; returns its key, "none" without one, "gone" if the client has closed.
  std::string read(raw_connection& connection) {
    const std::string request = connection.read_request();
    if (request.empty()) return "gone";
    const std::lock_guard<std::mutex> guard(mutex_);
    requests_.push_back(request);
    const std::string field = "\r\nAuthorization: Basic ";
    const std::size_t at = request.find(field);
    if (at == std::string::npos) return "none";
    return request.substr(at + field.size(), request.find("\r\n", at + 2) - at - field.size());
  }
  std::vector<std::string> requests() const {
    const std::lock_guard<std::mutex> guard(mutex_);
    return requests_;
  }

  /// The key of the last challenge.
  std::string last() const { return "key-" + std::to_string(made_); }

 private:
  temporary_directory directory_;
  int made_ = 0;
  mutable std::mutex mutex_{};
  std::vector<std::string> requests_{};
};

struct answer {
  std::string secret{};
  errc code{};
  std::string message{};
  int system_error = 0;
  std::chrono::milliseconds elapsed{0};
};

struct limits {
  std::chrono::milliseconds attempt{2000};
  std::chrono::milliseconds total{5000};
  unsigned attempts = 4;
};

answer ask(const std::string& url, const std::string& directory, const limits& given = {}) {
  arc_identity::options options;
  options.endpoint = url;
  options.key_directory = directory;
  options.attempt_timeout = given.attempt;
  options.total_timeout = given.total;
  options.max_attempts = given.attempts;
  arc_identity::client client(options);
  char workspace[16 * 1024];
  const auto begin = std::chrono::steady_clock::now();
  const auto result = client.get_token({"https://vault.azure.net"}, workspace);
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begin);
  if (result) return {std::string(result->access_token), errc{}, "", 0, elapsed};
  return {"", result.error().code(), result.error().message(), result.error().system_error(),
          elapsed};
}

/// Two requests on one connection, with the given form of the second answer.
answer exchange_with(const std::function<void(raw_connection&)>& send_token) {
  keys made;
  raw_agent agent([&](raw_connection& connection, std::size_t) {
    if (made.read(connection) != "none") return;
    connection.send(made.challenge());
    if (made.read(connection) != made.last()) return;
    send_token(connection);
    connection.wait_for_client_to_close();
  });
  const answer got = ask(agent.url(), made.directory());
  CHECK(agent.connections() == 1);
  return got;
}

std::string chunk(const std::string& bytes) {
  char size[20];
  std::snprintf(size, sizeof size, "%zx", bytes.size());
  return std::string(size) + ";ext=1\r\n" + bytes + "\r\n";
}

std::string chunked_token() {
  const std::string body = token_body();
  return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(body.substr(0, 20)) +
         chunk(body.substr(20, 1)) + chunk(body.substr(21)) + "0\r\nX-Trailer: x\r\n\r\n";
}

}  // namespace

TEST_CASE("sockets: a kept connection serves both requests") {
  keys made;
  raw_agent agent([&](raw_connection& connection, std::size_t) {
    made.read(connection);
    connection.send(made.challenge());
    made.read(connection);
    connection.send(token_response());
    connection.wait_for_client_to_close();
  });
  const answer got = ask(agent.url(), made.directory());
  CHECK_MESSAGE(got.secret == token, got.message);
  CHECK(agent.connections() == 1);
  const auto requests = made.requests();
  REQUIRE(requests.size() == 2);
  const std::string head =
      "GET /metadata/identity/oauth2/token?api-version=2020-06-01"
      "&resource=https%3A%2F%2Fvault.azure.net HTTP/1.1\r\nHost: 127.0.0.1:" +
      std::to_string(agent.port()) +
      "\r\nUser-Agent: arc_identity/" ARC_IDENTITY_VERSION "\r\nMetadata: true\r\n";
  CHECK(requests[0] == head + "\r\n");
  CHECK(requests[1] == head + "Authorization: Basic key-1\r\n\r\n");
}

TEST_CASE("sockets: Connection: close gives a connection for each request") {
  for (const char* const field : {"Connection: close\r\n", ""}) {
    CAPTURE(field);
    keys made;
    raw_agent agent([&](raw_connection& connection, std::size_t) {
      const std::string key = made.read(connection);
      connection.send(key == "none"        ? made.challenge(field)
                      : key == made.last() ? token_response()
                                           : made.challenge());
      connection.close();
    });
    const answer got = ask(agent.url(), made.directory());
    CHECK_MESSAGE(got.secret == token, got.message);
    const auto requests = made.requests();
    std::size_t keyed = 0;
    for (const std::string& request : requests) keyed += contains(request, "Basic ") ? 1U : 0U;
    CHECK(keyed == 1);
    CHECK(requests.size() == (*field == '\0' ? 3 : 2));
  }
}

TEST_CASE("sockets: each body framing gives the token") {
  CHECK(exchange_with([](raw_connection& c) { c.send(token_response()); }).secret == token);
  CHECK(exchange_with([](raw_connection& c) { c.send(chunked_token()); }).secret == token);
  CHECK(exchange_with([](raw_connection& c) {
          c.send("HTTP/1.1 200 OK\r\n\r\n" + token_body());
          c.close();
        }).secret == token);
  CHECK(exchange_with([](raw_connection& c) {
          c.send("HTTP/1.0 200 OK\r\n\r\n" + token_body());
          c.close();
        }).secret == token);
  CHECK(exchange_with([](raw_connection& c) {
          c.send("HTTP/1.0" + token_response().substr(8));
        }).secret == token);
  CHECK(exchange_with([](raw_connection& c) {
          c.send("HTTP/1.1 100 Continue\r\n\r\n" + token_response());
        }).secret == token);
}

TEST_CASE("sockets: responses sent byte by byte give the token") {
  CHECK(exchange_with([](raw_connection& c) { c.drip(token_response(), 0ms); }).secret == token);
  CHECK(exchange_with([](raw_connection& c) { c.drip(chunked_token(), 0ms); }).secret == token);
}

TEST_CASE("sockets: an agent without a challenge gives the token at once") {
  keys made;
  raw_agent agent([&](raw_connection& connection, std::size_t) {
    made.read(connection);
    connection.send(token_response());
  });
  CHECK(ask(agent.url(), made.directory()).secret == token);
}

TEST_CASE("sockets: 503 and 429 are retried until they succeed") {
  keys made;
  std::size_t answers = 0;
  raw_agent agent([&](raw_connection& connection, std::size_t) {
    for (;;) {
      const std::string key = made.read(connection);
      if (key == "gone") return;
      switch (answers++) {
        case 0: connection.send(failure(503, "busy", "Loading", "Retry-After: 0\r\n")); break;
        case 1: connection.send(failure(429, "slow_down", "Too many requests")); break;
        default: connection.send(key == made.last() ? token_response() : made.challenge());
      }
    }
  });
  const answer got = ask(agent.url(), made.directory());
  CHECK_MESSAGE(got.secret == token, got.message);
  CHECK(agent.connections() == 3);
}

TEST_CASE("sockets: Retry-After is honoured, or ends the call if it exceeds the time limit") {
  std::size_t answers = 0;
  keys made;
  raw_agent agent([&](raw_connection& connection, std::size_t) {
    made.read(connection);
    connection.send(answers++ == 0 ? failure(503, "busy", "Loading", "Retry-After: 1\r\n")
                                   : token_response());
  });
  answer got = ask(agent.url(), made.directory());
  CHECK(got.secret == token);
  CHECK(got.elapsed >= 1000ms);
  CHECK(got.elapsed < 2000ms);
  answers = 0;
  got = ask(agent.url(), made.directory(), {500ms, 900ms});
  CHECK(got.code == errc::agent_unavailable);
  CHECK(contains(got.message, "busy: Loading"));
  CHECK(got.elapsed < 500ms);
}

TEST_CASE("sockets: one stale key is retried, a second gives key_rejected") {
  for (const int stale : {1, 2, 100}) {
    keys made;
    int refused = 0;
    raw_agent agent([&](raw_connection& connection, std::size_t) {
      for (;;) {
        const std::string key = made.read(connection);
        if (key == "gone") return;
        const bool is_refused = key == "none" || refused++ < stale;
        connection.send(is_refused ? made.challenge() : token_response());
      }
    });
    const answer got = ask(agent.url(), made.directory());
    if (stale == 1) {
      CHECK_MESSAGE(got.secret == token, got.message);
    } else {
      CHECK(got.code == errc::key_rejected);
      CHECK(made.requests().size() == 4);
    }
  }
}

TEST_CASE("sockets: an agent that never answers gives timed_out") {
  keys made;
  raw_agent agent([&](raw_connection& connection, std::size_t) {
    made.read(connection);
    connection.wait_for_client_to_close();
  });
  answer got = ask(agent.url(), made.directory(), {300ms, 900ms, 2});
  CHECK(got.code == errc::timed_out);
  CHECK(got.elapsed >= 590ms);
  CHECK(got.elapsed < 1500ms);
  CHECK(contains(got.message, "did not answer"));
  CHECK(agent.connections() == 2);
}

TEST_CASE("sockets: an agent that never accepts gives timed_out") {
  // A listener with a full queue: the kernel drops further connections.
  const raw_listener listener({"127.0.0.1", 0, 0});
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(listener.port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::vector<int> queued;
  for (int i = 0; i < 3; ++i) {
    queued.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    ::connect(queued.back(), reinterpret_cast<sockaddr*>(&address), sizeof address);
  }
  const answer got = ask(listener.url(), "/tmp", {200ms, 500ms});
  CHECK(got.code == errc::timed_out);
  CHECK(got.elapsed >= 190ms);
  CHECK(got.elapsed < 1300ms);
  for (const int socket : queued) ::close(socket);
}

TEST_CASE("sockets: an endless slow response gives timed_out") {
  keys made;
  raw_agent agent([&](raw_connection& connection, std::size_t) {
    made.read(connection);
    connection.send("HTTP/1.1 200 OK\r\nX: ");
    while (connection.drip("x", 20ms)) {
    }
  });
  const answer got = ask(agent.url(), made.directory(), {300ms, 500ms});
  CHECK(got.code == errc::timed_out);
  CHECK(got.elapsed >= 290ms);
  CHECK(got.elapsed < 1300ms);
}

TEST_CASE("sockets: endless fast responses end soon and in bounded memory") {
  const std::string filler(8192, 'x');
  const std::string floods[][2] = {
      {"HTTP/1.1 200 OK\r\n", "X: " + filler.substr(0, 100) + "\r\n"},
      {"HTTP/1.1 200 OK\r\nX: ", filler},
      {"HTTP/1.1 200 OK\r\n\r\n", filler},
      {"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n", filler},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "2000\r\n" + filler + "\r\n"},
      {"", "HTTP/1.1 100 Continue\r\n\r\n"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1;" + filler + "\r\nx\r\n"},
  };
  for (const auto& flood : floods) {
    CAPTURE(flood[0]);
    keys made;
    raw_agent agent([&](raw_connection& connection, std::size_t) {
      made.read(connection);
      connection.send(flood[0]);
      while (connection.send(flood[1])) {
      }
    });
    const answer got = ask(agent.url(), made.directory());
    CHECK(got.code == errc::response_too_large);
    CHECK(got.elapsed < 1000ms);
    CHECK(agent.connections() == 1);
  }
}

TEST_CASE("sockets: a reset in a response is retried; repeated resets give connection_lost") {
  for (const bool always : {false, true}) {
    keys made;
    raw_agent agent([&](raw_connection& connection, std::size_t index) {
      made.read(connection);
      if (index > 0 && !always) {
        connection.send(token_response());
        connection.wait_for_client_to_close();
        return;
      }
      connection.send(token_response().substr(0, 80));
      std::this_thread::sleep_for(20ms);
      connection.reset();
    });
    const answer got = ask(agent.url(), made.directory(), {1s, 3s, 3});
    if (always) {
      CHECK(got.code == errc::connection_lost);
      CHECK(agent.connections() == 3);
      CHECK(got.system_error == ECONNRESET);
    } else {
      CHECK_MESSAGE(got.secret == token, got.message);
    }
  }
}

TEST_CASE("sockets: an agent that closes before the request is retried") {
  keys made;
  raw_agent agent([&](raw_connection& connection, std::size_t index) {
    if (index % 2 == 0) {
      connection.reset();
    } else {
      connection.close();
    }
  });
  const answer got = ask(agent.url(), made.directory(), {1s, 3s, 3});
  CHECK(got.code == errc::connection_lost);
  CHECK(agent.connections() == 3);
}

TEST_CASE("sockets: garbage gives malformed_response") {
  using namespace std::string_literals;
  for (const std::string& bytes : {"\x16\x03\x01\x02\x00\x01garbage\r\n\r\n"s, "SSH-2.0-x\r\n"s,
                                   "\n\n\n"s, "\0\0\0\0\r\n"s, "HTTP/1.1 999 X\r\n\r\n"s}) {
    CAPTURE(bytes);
    keys made;
    raw_agent agent([&](raw_connection& connection, std::size_t) {
      made.read(connection);
      connection.send(bytes);
      connection.wait_for_client_to_close();
    });
    const answer got = ask(agent.url(), made.directory());
    CHECK(got.code == errc::malformed_response);
    CHECK(agent_texts::is_printable(got.message));
    CHECK(agent.connections() == 1);
  }
}

TEST_CASE("sockets: an agent only on ::1 is found") {
  keys made;
  raw_agent agent(
      [&](raw_connection& connection, std::size_t) {
        made.read(connection);
        connection.send(token_response());
        connection.wait_for_client_to_close();
      },
      {"::1"});
  if (!agent.is_listening()) {
    MESSAGE("not tested: this machine has no ::1");
    return;
  }
  CHECK(ask(agent.url(), made.directory()).secret == token);
  const answer got = ask(agent.url("localhost"), made.directory());
  CHECK_MESSAGE(got.secret == token, got.message);
  CHECK(got.elapsed < 500ms);
  CHECK(ask(agent.url("127.0.0.1"), made.directory(), {1s, 3s, 1}).code ==
        errc::connection_refused);
}

TEST_CASE("sockets: no listener gives connection_refused") {
  std::uint16_t port = 0;
  {
    raw_agent agent([](raw_connection&, std::size_t) {});
    port = agent.port();
  }
  const std::string where = ":" + std::to_string(port);
  answer got = ask("http://127.0.0.1" + where, "/tmp", {1s, 1s});
  CHECK(got.code == errc::connection_refused);
  CHECK(got.elapsed < 1100ms);
  CHECK(got.system_error == ECONNREFUSED);
  CHECK_MESSAGE(contains(got.message, "127.0.0.1" + where), got.message);
  got = ask("http://127.255.255.254" + where, "/tmp", {1s, 1s, 1});
  CHECK(got.code == errc::connection_refused);
  got = ask("http://localhost" + where, "/tmp", {1s, 1s, 1});
  CHECK(got.code == errc::connection_refused);
}

TEST_CASE("sockets: an agent that starts during the retries is found") {
  std::uint16_t port = 0;
  {
    raw_agent gone([](raw_connection&, std::size_t) {});
    port = gone.port();
  }
  std::optional<raw_agent> agent;
  std::thread starter([&] {
    std::this_thread::sleep_for(300ms);
    const auto serve = [](raw_connection& connection, std::size_t) {
      connection.read_request();
      connection.send(token_response());
    };
    agent.emplace(serve, raw_place{"127.0.0.1", port});
  });
  const answer got = ask("http://127.0.0.1:" + std::to_string(port), "/tmp", {2s, 5s, 16});
  starter.join();
  CHECK_MESSAGE(got.secret == token, got.message);
}

TEST_CASE("sockets: no descriptor stays open") {
  const int before = open_handles();
  for (const std::string& bytes : {token_response(), failure(400, "x", "y"), std::string("?\n")}) {
    keys made;
    raw_agent agent([&](raw_connection& connection, std::size_t) {
      connection.read_request();
      connection.send(bytes);
    });
    ask(agent.url(), made.directory());
  }
  CHECK(open_handles() == before);
}
