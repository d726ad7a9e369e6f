// SPDX-License-Identifier: MIT
// No byte is copied in between: the token is a view of the bytes where the socket received them,
// and the key is sent from where its file was read.

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <arc_identity/arc_identity.hpp>

#include "support/agent_texts.hpp"
#include "support/raw_agent.hpp"
#include "support/temporary_directory.hpp"

namespace {

using arc_identity::const_buffer;
using arc_identity::mutable_buffer;
using std::chrono::milliseconds;

/// Bytes that were received or sent, and where. They lie in the test's workspace.
struct trace {
  struct piece {
    const char* at;
    std::string bytes;
  };
  std::vector<piece> received{};
  std::vector<piece> sent{};
  const char* key = nullptr;
};

class traced_transport : public arc_identity::system::socket_transport {
 public:
  explicit traced_transport(trace& trace) : trace_(&trace) {}

  arc_identity::io_result send(const_buffer bytes, milliseconds timeout) {
    trace_->sent.push_back({bytes.data(), std::string(bytes)});
    return socket_transport::send(bytes, timeout);
  }
  arc_identity::io_result receive(mutable_buffer space, milliseconds timeout) {
    const arc_identity::io_result result = socket_transport::receive(space, timeout);
    trace_->received.push_back({space.data(), std::string(space.data(), result.count)});
    return result;
  }

 private:
  trace* trace_;
};

class traced_reader {
 public:
  explicit traced_reader(trace& trace) : trace_(&trace) {}
  arc_identity::key_file_result read(const char* path, mutable_buffer space) const {
    trace_->key = space.data();
    return arc_identity::system::key_file_reader().read(path, space);
  }

 private:
  trace* trace_;
};

/// Whether the bytes of `view` were received at their place, in one piece or several.
bool came_in_place(const trace& seen, std::string_view view) {
  std::size_t in_place = 0;
  for (std::size_t i = 1; i < seen.received.size(); ++i) {  // The first piece is the challenge.
    const trace::piece& piece = seen.received[i];
    for (std::size_t k = 0; k < piece.bytes.size(); ++k) {
      const std::ptrdiff_t offset = piece.at + k - view.data();
      const auto size = static_cast<std::ptrdiff_t>(view.size());
      if (offset < 0 || offset >= size) continue;
      if (view[static_cast<std::size_t>(offset)] != piece.bytes[k]) return false;
      ++in_place;
    }
  }
  return in_place == view.size();
}

}  // namespace

TEST_CASE("copies: the token is used where it was received, the key sent from where it was read") {
  const temporary_directory directory;
  const std::string path = directory.write("one.key", agent_texts::key);
  const raw_agent agent([&](raw_connection& connection, std::size_t) {
    connection.read_request();
    connection.send(agent_texts::challenge(path));
    connection.read_request();
    const std::string response = agent_texts::token_response();
    const std::size_t half = response.find(agent_texts::token) + 7;
    connection.send(response.substr(0, half));
    std::this_thread::sleep_for(milliseconds(20));
    connection.send(response.substr(half));
    connection.wait_for_client_to_close();
  });
  const std::string url = agent.url();
  arc_identity::options options;
  options.endpoint = url;
  options.key_directory = directory.path();
  trace seen;
  arc_identity::basic_client<traced_transport, arc_identity::system::clock, traced_reader> client(
      options, traced_transport(seen), {}, traced_reader(seen));
  char workspace[16 * 1024];
  const auto token = client.get_token({"https://vault.azure.net"}, workspace);
  REQUIRE_MESSAGE(token, token.error().message());
  CHECK(token->access_token == agent_texts::token);
  CHECK(came_in_place(seen, token->access_token));
  CHECK(came_in_place(seen, token->resource));
  REQUIRE(seen.sent.size() == 2);
  const trace::piece& request = seen.sent[1];
  REQUIRE(request.bytes.find(agent_texts::key) != std::string::npos);
  CHECK(seen.key == request.at + request.bytes.find(agent_texts::key));
}
