// SPDX-License-Identifier: MIT
// The socket transport by itself, against its contract in core/policies.hpp.

#include <chrono>
#include <string>
#include <thread>

#include <doctest/doctest.h>
#include <arc_identity/core/client.hpp>
#include <arc_identity/core/policies.hpp>
#include <arc_identity/system/platform.hpp>

#include "support/raw_agent.hpp"

namespace {

using namespace std::chrono_literals;
using arc_identity::io_result;
using arc_identity::io_status;
using arc_identity::loopback_address;
using arc_identity::system::socket_transport;

loopback_address address_of(std::uint16_t port) {
  loopback_address address;
  address.port = port;
  return address;
}

/// A port without a listener: it is bound, but not listening.
class silent_port {
 public:
  explicit silent_port(int family) : socket_(::socket(family, SOCK_STREAM, 0)) {
    sockaddr_storage address{};
    address.ss_family = static_cast<decltype(address.ss_family)>(family);
    int size = family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
    if (family == AF_INET6) {
      reinterpret_cast<sockaddr_in6&>(address).sin6_addr.s6_addr[15] = 1;
    } else {
      reinterpret_cast<sockaddr_in&>(address).sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    is_there_ = ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
                ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    number_ = ntohs(reinterpret_cast<sockaddr_in&>(address).sin_port);
  }
  ~silent_port() { ::closesocket(socket_); }
  silent_port(const silent_port&) = delete;
  silent_port& operator=(const silent_port&) = delete;

  bool is_there() const { return is_there_; }
  std::uint16_t number() const { return number_; }

 private:
  const raw_sockets::library winsock_{};
  SOCKET socket_;
  bool is_there_ = false;
  std::uint16_t number_ = 0;
};

std::chrono::steady_clock::duration since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::steady_clock::now() - begin;
}

/// Receives until the peer has closed, or until an error.
std::string receive_all(socket_transport& transport, io_status& end) {
  std::string got;
  char space[3];
  for (;;) {
    const io_result received = transport.receive(space, 5s);
    end = received.status;
    if (received.status != io_status::ok || received.count == 0) return got;
    got.append(space, received.count);
  }
}

}  // namespace

TEST_CASE("transport, Windows: sends, receives, and reports the peer's close") {
  const raw_agent agent([](raw_connection& connection, std::size_t) {
    connection.send("<" + connection.read_request() + ">");
  });
  socket_transport transport;
  for (int i = 0; i < 2; ++i) {  // connect() closes the previous connection
    REQUIRE(transport.connect(address_of(agent.port()), 5s).status == io_status::ok);
    const io_result sent = transport.send("x\r\n\r\n", 5s);
    CHECK(sent.status == io_status::ok);
    CHECK(sent.count == 5);
    io_status end{};
    CHECK(receive_all(transport, end) == "<x\r\n\r\n>");
    CHECK(end == io_status::ok);
  }
}

TEST_CASE("transport, Windows: no listener gives refused soon") {
  for (const int family : {AF_INET, AF_INET6}) {
    const silent_port port(family);
    if (!port.is_there()) {
      MESSAGE("not tested: no IPv6 here");
      continue;
    }
    loopback_address peer = address_of(port.number());
    peer.is_ipv6 = family == AF_INET6;
    socket_transport transport;
    const auto begin = std::chrono::steady_clock::now();
    const io_result result = transport.connect(peer, 10s);
    CHECK(result.status == io_status::refused);
    CHECK(result.system_error == WSAECONNREFUSED);
    CHECK(since(begin) < 5s);
  }
}

TEST_CASE("transport, Windows: a receive ends at its deadline and keeps the connection") {
  const raw_agent agent([](raw_connection& connection, std::size_t) {
    connection.read_request();
    connection.send("late");
  });
  socket_transport transport;
  REQUIRE(transport.connect(address_of(agent.port()), 5s).status == io_status::ok);
  char space[16];
  for (const std::chrono::milliseconds timeout : {1ms, 50ms, 300ms}) {
    const auto begin = std::chrono::steady_clock::now();
    CHECK(transport.receive(space, timeout).status == io_status::timed_out);
    CHECK(since(begin) > timeout - 20ms);
    CHECK(since(begin) < timeout + 400ms);
  }
  CHECK(transport.send("\r\n\r\n", 5s).count == 4);
  const io_result received = transport.receive(space, 5s);
  CHECK(std::string(space, received.count) == "late");
}

TEST_CASE("transport, Windows: a send ends at its deadline") {
  const raw_agent agent([](raw_connection& connection, std::size_t) {
    while (!connection.is_stopping()) std::this_thread::sleep_for(1ms);
  });
  socket_transport transport;
  REQUIRE(transport.connect(address_of(agent.port()), 5s).status == io_status::ok);
  const std::string much(1 << 20, 'x');
  io_result result;
  std::chrono::steady_clock::duration last{};
  for (int i = 0; i < 1000 && result.status == io_status::ok; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    result = transport.send(much, 200ms);
    last = since(begin);
  }
  CHECK(result.status == io_status::timed_out);
  CHECK(last > 180ms);
  CHECK(last < 700ms);
}

TEST_CASE("transport, Windows: a reset gives lost") {
  const raw_agent agent([](raw_connection& connection, std::size_t) {
    connection.read_request();
    connection.reset();
  });
  socket_transport transport;
  REQUIRE(transport.connect(address_of(agent.port()), 5s).status == io_status::ok);
  CHECK(transport.send("\r\n\r\n", 5s).status == io_status::ok);
  char space[16];
  const io_result received = transport.receive(space, 5s);
  if (received.status == io_status::ok && received.count == 0) {
    MESSAGE("not tested: Wine takes a reset for an end");
  } else {
    CHECK(received.status == io_status::lost);
  }
  io_result sent;
  for (int i = 0; i < 100 && sent.status == io_status::ok; ++i) sent = transport.send("x", 1s);
  CHECK(sent.status == io_status::lost);
}

TEST_CASE("transport, Windows: send and receive fail without a connection") {
  socket_transport transport;
  char space[16];
  CHECK(transport.send("x", 1s).status == io_status::failed);
  CHECK(transport.receive(space, 1s).status == io_status::failed);
  transport.close();
  transport.close();
}

TEST_CASE("transport, Windows: a copy has no connection and closes none") {
  const raw_agent agent(
      [](raw_connection& connection, std::size_t) { connection.send(connection.read_request()); });
  socket_transport transport;
  REQUIRE(transport.connect(address_of(agent.port()), 5s).status == io_status::ok);
  {
    socket_transport copy(transport);
    CHECK(copy.send("x", 1s).status == io_status::failed);
  }
  CHECK(transport.send("\r\n\r\n", 5s).status == io_status::ok);
  io_status end{};
  CHECK(receive_all(transport, end) == "\r\n\r\n");
}

TEST_CASE("transport, Windows: Winsock is started on first use and released") {
  const raw_agent agent([](raw_connection& connection, std::size_t) { connection.read_request(); });
  {
    const socket_transport unused;
    socket_transport first;
    REQUIRE(first.connect(address_of(agent.port()), 5s).status == io_status::ok);
    REQUIRE(first.connect(address_of(agent.port()), 5s).status == io_status::ok);
    socket_transport second(first);
    REQUIRE(second.connect(address_of(agent.port()), 5s).status == io_status::ok);
  }
  // The agent's own use of Winsock continues.
  const SOCKET socket = ::socket(AF_INET, SOCK_STREAM, 0);
  CHECK(socket != INVALID_SOCKET);
  ::closesocket(socket);
}

TEST_CASE("transport, Windows: the handle is not inherited, and none stays open") {
  const raw_agent agent([](raw_connection& connection, std::size_t) { connection.read_request(); });
  DWORD before = 0;
  DWORD after = 0;
  for (int i = 0; i < 40; ++i) {
    socket_transport transport;
    REQUIRE(transport.connect(address_of(agent.port()), 5s).status == io_status::ok);
    if (i == 9) GetProcessHandleCount(GetCurrentProcess(), &before);
  }
  GetProcessHandleCount(GetCurrentProcess(), &after);
  CHECK(after <= before + 10);
}

TEST_CASE("transport, Windows: has no peer_owner()") {
  CHECK_FALSE(arc_identity::detail::has_peer_owner<socket_transport>::value);
}
