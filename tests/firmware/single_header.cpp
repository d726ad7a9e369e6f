// SPDX-License-Identifier: MIT
/// The core of the single header, without an operating system.
#define ARC_IDENTITY_CORE_ONLY
#include "../../single_include/arc_identity.hpp"

namespace board {

struct transport {
  arc_identity::io_result connect(const arc_identity::loopback_address&, std::chrono::milliseconds);
  arc_identity::io_result send(arc_identity::const_buffer, std::chrono::milliseconds);
  arc_identity::io_result receive(arc_identity::mutable_buffer, std::chrono::milliseconds);
  void close();
};

struct clock {
  std::chrono::milliseconds now();
  std::chrono::seconds unix_time();
  void sleep_for(std::chrono::milliseconds);
};

struct key_file_reader {
  arc_identity::key_file_result read(const char*, arc_identity::mutable_buffer);
};

}  // namespace board

std::size_t token_size(arc_identity::mutable_buffer workspace);

std::size_t token_size(arc_identity::mutable_buffer workspace) {
  arc_identity::basic_client<board::transport, board::clock, board::key_file_reader> client;
  const auto token = client.get_token({"https://vault.azure.net"}, workspace);
  return token ? token->access_token.size() : 0;
}
