// SPDX-License-Identifier: MIT

#include <chrono>
#include <string>

#include <doctest/doctest.h>
#include <arc_identity/testing/scripted_transport.hpp>

using namespace std::chrono_literals;
using arc_identity::io_result;
using arc_identity::io_status;
using arc_identity::testing::scripted_transport;

namespace {

std::string receive(scripted_transport& transport) {
  char space[4];
  const io_result result = transport.receive(space, 1s);
  return std::string(space, result.count);
}

}  // namespace

TEST_CASE("scripted_transport: without a script calls succeed and receive nothing") {
  scripted_transport transport;
  CHECK_FALSE(transport.is_open());
  CHECK(transport.connect({}, 1s).status == io_status::ok);
  CHECK(transport.is_open());
  CHECK(transport.send("abc", 1s).count == 3);
  char space[4];
  const io_result result = transport.receive(space, 1s);
  CHECK(result.status == io_status::ok);
  CHECK(result.count == 0);
  transport.close();
  CHECK_FALSE(transport.is_open());
  CHECK(transport.connections() == 1);
  CHECK(transport.sent(0) == "abc");
}

TEST_CASE("scripted_transport: send and receive fail without a connection") {
  scripted_transport transport;
  char space[4];
  CHECK(transport.send("abc", 1s).status == io_status::failed);
  CHECK(transport.receive(space, 1s).status == io_status::failed);
  CHECK(transport.connections() == 0);
}

TEST_CASE("scripted_transport: an outcome without bytes receives none") {
  scripted_transport transport;
  transport.on_receive(io_result{io_status::ok, 4096});
  CHECK(transport.connect({}, 1s).status == io_status::ok);
  char space[4096];
  CHECK(transport.receive(space, 1s).count == 0);
}

TEST_CASE("scripted_transport: plays its script call by call, shared by all copies") {
  scripted_transport transport;
  scripted_transport copy = transport;
  transport.on_connect({io_status::refused, 0, 111});
  transport.on_send({io_status::ok, 2});
  transport.on_send({io_status::lost});
  transport.on_receive("abcdef");
  transport.on_receive(io_result{io_status::again});
  transport.on_receive("g");
  transport.on_receive(io_result{});
  CHECK_FALSE(copy.is_over());
  CHECK(copy.connect({}, 1s).status == io_status::refused);
  CHECK_FALSE(copy.is_open());
  CHECK(copy.connect({}, 1s).status == io_status::ok);
  CHECK(copy.send("xyz", 1s).count == 2);
  CHECK(copy.send("z", 1s).status == io_status::lost);
  CHECK(receive(copy) == "abcd");
  CHECK(receive(copy) == "ef");
  char space[4];
  CHECK(copy.receive(space, 1s).status == io_status::again);
  CHECK(receive(copy) == "g");
  CHECK(receive(copy).empty());
  CHECK(copy.is_over());
  CHECK(transport.sent(0) == "xy");
  CHECK(transport.peers().size() == 2);
}

TEST_CASE("scripted_transport: is_over() is true after the whole script was played") {
  scripted_transport transport;
  CHECK(transport.is_over());
  transport.on_connect({});
  CHECK_FALSE(transport.is_over());
  CHECK(transport.connect({}, 1s).status == io_status::ok);
  transport.on_send({io_status::ok, 100});
  CHECK_FALSE(transport.is_over());
  CHECK(transport.send("abc", 1s).count == 3);
  transport.on_receive("xyz");
  CHECK_FALSE(transport.is_over());
  CHECK(receive(transport) == "xyz");
  CHECK(transport.is_over());
}
