// SPDX-License-Identifier: MIT
/// Tests the policies of examples/firmware with the real lwIP, on this machine; the image for the
/// board has only an imitation of it. The agent is in lwIP's network as well.
#include <semaphore.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <lwip/netif.h>
#include <lwip/tcpip.h>

#include "lwip_policies.hpp"

#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

using arc_identity::errc;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

extern "C" int board_read_file(const char* path, char* space, std::size_t size) {
  constexpr std::string_view key = "the key";
  if (path != std::string_view("/keys/1.key") || size < key.size()) return -ENOENT;
  std::memcpy(space, key.data(), key.size());
  return static_cast<int>(key.size());
}

namespace {

netif loopback;
sem_t done_by_lwip;

err_t initialise(netif* interface) {
  interface->mtu = 1500;
  return ERR_OK;
}

void add_loopback(void*) {
  ip4_addr_t address, mask;
  IP4_ADDR(&address, 127, 0, 0, 1);
  IP4_ADDR(&mask, 255, 0, 0, 0);
  netif_add(&loopback, &address, &mask, &address, nullptr, initialise, tcpip_input);
  netif_set_link_up(&loopback);
  netif_set_up(&loopback);
  sem_post(&done_by_lwip);
}

/// Starts lwIP's threads, which last as long as the program. Packets to 127.0.0.1 loop back; those
/// to other addresses of 127.0.0.0/8 are lost.
void start_lwip() {
  static const bool started = [] {
    sem_init(&done_by_lwip, 0, 0);
    tcpip_init(add_loopback, nullptr);
    return sem_wait(&done_by_lwip) == 0;
  }();
  REQUIRE(started);
}

/// Takes the network down, or up again.
void set_network(bool is_up) {
  const auto set = [](void* up) {
    up != nullptr ? netif_set_up(&loopback) : netif_set_down(&loopback);
    sem_post(&done_by_lwip);
  };
  REQUIRE(tcpip_callback(set, is_up ? &loopback : nullptr) == ERR_OK);
  sem_wait(&done_by_lwip);
}

std::string ok(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

const std::string token_response = ok(R"({"access_token":"eyJ.a.b","expires_in":3600})");
const std::string challenge =
    "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=/keys/1.key\r\n"
    "Content-Length: 0\r\n\r\n";

/// The answers to the requests of a connection. A request without an answer resets the connection.
using script = std::vector<std::string>;

/// Listens on its own port, for one connection after another.
class agent {
 public:
  explicit agent(std::vector<script> connections, std::size_t piece = 65536)
      : connections_(std::move(connections)), piece_(piece) {
    start_lwip();
    static std::uint16_t last_port = 8000;
    port_ = ++last_port;
    listener_ = lwip_socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    REQUIRE(lwip_bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(lwip_listen(listener_, 1) == 0);
    thread_ = std::thread([this] {
      for (const script& answers : connections_) serve(answers);
    });
  }
  ~agent() {
    thread_.join();
    lwip_close(listener_);
  }

  std::string endpoint() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  void serve(const script& answers) const {
    const int connection = lwip_accept(listener_, nullptr, nullptr);
    for (const std::string& answer : answers) {
      receive_request(connection);
      send(connection, answer);
    }
    receive_request(connection);  // unanswered, or closed by the client
    if (answers.empty()) {
      const linger reset{1, 0};
      lwip_setsockopt(connection, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    }
    lwip_close(connection);
  }

  void send(int connection, const std::string& answer) const {
    for (std::size_t at = 0; at < answer.size(); at += piece_) {
      lwip_send(connection, answer.data() + at, std::min(piece_, answer.size() - at), 0);
      if (piece_ < answer.size()) sys_msleep(1);
    }
  }

  static void receive_request(int connection) {
    std::string request;
    char bytes[1024];
    while (request.find("\r\n\r\n") == std::string::npos) {
      const auto count = lwip_recv(connection, bytes, sizeof bytes, 0);
      if (count <= 0) return;
      request.append(bytes, static_cast<std::size_t>(count));
    }
  }

  std::vector<script> connections_;
  std::size_t piece_;  ///< the number of bytes of an answer that are sent at a time
  std::uint16_t port_ = 0;
  int listener_ = -1;
  std::thread thread_;
};

char workspace[16 * 1024];

struct outcome {
  arc_identity::result<arc_identity::token_response> token;
  std::vector<errc> reasons;  ///< of the attempts before the last
  std::chrono::steady_clock::duration time;

  /// The error, if the call took no longer than `at_most`; `errc{}` otherwise.
  errc failure(milliseconds at_most) const {
    return token || time > at_most ? errc{} : token.error().code();
  }
};

outcome ask(const std::string& endpoint, milliseconds timeout = 30s) {
  std::vector<errc> reasons;
  arc_identity::options options;
  options.endpoint = endpoint;
  options.key_directory = "/keys";
  options.attempt_timeout = options.total_timeout = timeout;
  options.observer_context = &reasons;
  options.observer = [](void* context, const arc_identity::event& event) {
    if (event.kind != arc_identity::event_kind::retrying) return;
    static_cast<std::vector<errc>*>(context)->push_back(event.reason);
  };
  firmware::client client(options);
  const auto start = std::chrono::steady_clock::now();
  const auto token = client.get_token({"https://vault.azure.net"}, workspace);
  return {token, reasons, std::chrono::steady_clock::now() - start};
}

TEST_CASE("a whole exchange over one connection gives a token") {
  const agent agent({{challenge, token_response}});
  const outcome outcome = ask(agent.endpoint());
  REQUIRE(outcome.token);
  CHECK(outcome.token->access_token == "eyJ.a.b");
  CHECK(outcome.reasons.empty());
}

TEST_CASE("an answer in pieces gives a token") {
  const agent agent({{challenge, token_response}}, 7);
  CHECK(ask(agent.endpoint()).token);
}

TEST_CASE("a reset connection is reopened") {
  const agent agent({{}, {challenge, token_response}});
  const outcome outcome = ask(agent.endpoint());
  CHECK(outcome.token);
  CHECK(outcome.reasons == std::vector<errc>{errc::connection_lost});
}

TEST_CASE("no listener gives connection_refused") {
  start_lwip();
  CHECK(ask("http://127.0.0.1:7999").failure(20s) == errc::connection_refused);
}

TEST_CASE("an agent that never answers gives timed_out") {
  const agent agent({{""}});
  const outcome outcome = ask(agent.endpoint(), 500ms);
  CHECK(outcome.failure(5s) == errc::timed_out);
  CHECK(outcome.time >= 400ms);
}

TEST_CASE("an agent that answers too slowly gives timed_out") {
  const agent agent({{ok(std::string(10'000, ' '))}}, 1);
  CHECK(ask(agent.endpoint(), 500ms).failure(5s) == errc::timed_out);
}

TEST_CASE("an address that does not answer gives timed_out") {
  start_lwip();
  CHECK(ask("http://127.0.0.2:7999", 300ms).failure(3s) == errc::timed_out);
}

TEST_CASE("an unreachable address gives connection_failed") {
  start_lwip();
  set_network(false);
  const outcome outcome = ask("http://127.0.0.1:7999", 5s);
  set_network(true);
  CHECK(outcome.failure(1s) == errc::connection_failed);
  CHECK(outcome.token.error().system_error() == EHOSTUNREACH);
}

TEST_CASE("without IPv6, localhost is reached over IPv4") {
  const agent agent({{token_response}});
  std::string endpoint = agent.endpoint();
  endpoint.replace(endpoint.find("127.0.0.1"), 9, "[::1]");
  CHECK(ask(endpoint).failure(1s) == errc::connection_failed);
  endpoint.replace(endpoint.find("[::1]"), 5, "localhost");
  CHECK(ask(endpoint).token);
}

}  // namespace
