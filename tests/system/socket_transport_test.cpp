// SPDX-License-Identifier: MIT
// The socket transport by itself, against its contract in core/policies.hpp.

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <thread>

#include <doctest/doctest.h>
#include <arc_identity/core/policies.hpp>
#include <arc_identity/system/platform.hpp>

#include "support/open_handles.hpp"
#include "support/raw_agent.hpp"

namespace {

using namespace std::chrono_literals;
using arc_identity::io_result;
using arc_identity::io_status;
using arc_identity::loopback_address;
using arc_identity::system::socket_transport;

loopback_address address_of(const raw_agent& agent) {
  loopback_address address;
  address.port = agent.port();
  return address;
}

std::chrono::steady_clock::duration since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::steady_clock::now() - begin;
}

}  // namespace

TEST_CASE("transport: sends, receives, and reports the peer's close") {
  raw_agent agent([](raw_connection& connection, std::size_t) {
    connection.send("<" + connection.read_request() + ">");
  });
  socket_transport transport;
  REQUIRE(transport.connect(address_of(agent), 1s).status == io_status::ok);
  const io_result sent = transport.send("x\r\n\r\n", 1s);
  CHECK(sent.status == io_status::ok);
  CHECK(sent.count == 5);
  std::string got;
  char space[3];
  for (;;) {
    const io_result received = transport.receive(space, 1s);
    REQUIRE(received.status == io_status::ok);
    if (received.count == 0) break;
    got.append(space, received.count);
  }
  CHECK(got == "<x\r\n\r\n>");
}

TEST_CASE("transport: no listener gives refused, for IPv4 and IPv6") {
  loopback_address address;
  {
    raw_agent agent([](raw_connection&, std::size_t) {});
    address = address_of(agent);
  }
  socket_transport transport;
  io_result result = transport.connect(address, 1s);
  CHECK(result.status == io_status::refused);
  CHECK(result.system_error == ECONNREFUSED);
  address.is_ipv6 = true;
  result = transport.connect(address, 1s);
  CHECK((result.status == io_status::refused || result.status == io_status::failed));
}

TEST_CASE("transport: no free descriptor gives busy") {
  socket_transport transport;
  loopback_address address;
  address.port = 9;
  io_result result;
  {
    const no_more_handles guard;
    result = transport.connect(address, 1s);
  }
  CHECK(result.status == io_status::busy);
  CHECK(result.system_error == EMFILE);
}

TEST_CASE("transport: nothing received in time gives timed_out") {
  raw_agent agent(
      [](raw_connection& connection, std::size_t) { connection.wait_for_client_to_close(); });
  socket_transport transport;
  REQUIRE(transport.connect(address_of(agent), 5s).status == io_status::ok);
  char space[10];
  for (const auto timeout : {100ms, 30ms, 1ms, 60ms}) {
    const auto begin = std::chrono::steady_clock::now();
    CHECK(transport.receive(space, timeout).status == io_status::timed_out);
    CHECK(since(begin) >= timeout - 2ms);
    CHECK(since(begin) < timeout + 200ms);
  }
}

TEST_CASE("transport: a peer that does not read gives timed_out") {
  raw_agent agent([](raw_connection& connection, std::size_t) {
    while (!connection.is_stopping()) std::this_thread::sleep_for(5ms);
  });
  socket_transport transport;
  REQUIRE(transport.connect(address_of(agent), 1s).status == io_status::ok);
  const std::string bytes(1 << 20, 'x');
  io_result result;
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 100 && result.status == io_status::ok; ++i) {
    result = transport.send(bytes, 100ms);
  }
  CHECK(result.status == io_status::timed_out);
  CHECK(since(begin) < 2s);
}

TEST_CASE("transport: a reset gives lost and raises no signal") {
  static volatile sig_atomic_t signals = 0;
  signals = 0;
  struct sigaction counting {};  // SIGPIPE may be ignored where the test was started
  struct sigaction former {};
  counting.sa_handler = [](int) { signals = signals + 1; };
  REQUIRE(::sigaction(SIGPIPE, &counting, &former) == 0);
  raw_agent agent([](raw_connection& connection, std::size_t) {
    connection.read_request();
    connection.reset();
  });
  socket_transport transport;
  REQUIRE(transport.connect(address_of(agent), 1s).status == io_status::ok);
  REQUIRE(transport.send("x\r\n\r\n", 1s).status == io_status::ok);
  char space[10];
  const io_result result = transport.receive(space, 1s);
  CHECK(result.status == io_status::lost);
  CHECK(result.system_error == ECONNRESET);
  CHECK(transport.send("x", 1s).status == io_status::lost);
  CHECK(signals == 0);
  ::sigaction(SIGPIPE, &former, nullptr);
}

TEST_CASE("transport: a signal ends a wait and gives again") {
  struct sigaction quiet {};
  struct sigaction former {};
  quiet.sa_handler = [](int) {};
  REQUIRE(::sigaction(SIGUSR1, &quiet, &former) == 0);
  raw_agent agent(
      [](raw_connection& connection, std::size_t) { connection.wait_for_client_to_close(); });
  socket_transport transport;
  REQUIRE(transport.connect(address_of(agent), 1s).status == io_status::ok);
  const pthread_t receiver = ::pthread_self();
  std::thread waker([receiver] {
    std::this_thread::sleep_for(30ms);
    ::pthread_kill(receiver, SIGUSR1);
  });
  char space[10];
  CHECK(transport.receive(space, 5s).status == io_status::again);
  waker.join();
  ::sigaction(SIGUSR1, &former, nullptr);
}

TEST_CASE("transport: closes the sockets that it opened") {
  const auto wait = [](raw_connection& connection, std::size_t) {
    connection.wait_for_client_to_close();
  };
  const int before = open_handles();
  socket_transport transport;
  transport.close();
  SUBCASE("in close() and before another connect()") {
    raw_agent agent(wait);
    REQUIRE(transport.connect(address_of(agent), 1s).status == io_status::ok);
    REQUIRE(transport.connect(address_of(agent), 1s).status == io_status::ok);
    CHECK(open_handles() > before);
    transport.close();
    transport.close();
  }
  SUBCASE("on destruction; a copy has no connection") {
    raw_agent agent(wait);
    socket_transport other;
    REQUIRE(other.connect(address_of(agent), 1s).status == io_status::ok);
    const socket_transport copy(other);
    static_cast<void>(copy);
  }
  CHECK(open_handles() == before);
}

TEST_CASE("transport: the socket is close-on-exec") {
  raw_agent agent(
      [](raw_connection& connection, std::size_t) { connection.wait_for_client_to_close(); });
  socket_transport transport;
  const int handle = ::dup(0);  // the lowest free number, and so the next one used
  ::close(handle);
  REQUIRE(transport.connect(address_of(agent), 1s).status == io_status::ok);
  CHECK((::fcntl(handle, F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("transport: send and receive fail without a connection") {
  socket_transport transport;
  char space[1];
  CHECK(transport.send("x", 1s).status == io_status::failed);
  CHECK(transport.receive(space, 1s).status == io_status::failed);
}

TEST_CASE("transport: timeouts of any size work") {
  raw_agent agent(
      [](raw_connection& connection, std::size_t) { connection.wait_for_client_to_close(); });
  socket_transport transport;
  CHECK(transport.connect(address_of(agent), std::chrono::hours(24 * 365)).status == io_status::ok);
  char space[1];
  CHECK(transport.receive(space, 20ms).status == io_status::timed_out);
}
