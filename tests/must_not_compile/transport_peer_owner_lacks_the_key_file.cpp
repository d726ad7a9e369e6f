// SPDX-License-Identifier: MIT
// expect: the Transport policy.s peer_owner is not: peer_owner_result peer_owner\(
#include <chrono>

#include <arc_identity/core.hpp>

namespace {

struct transport {
  arc_identity::io_result connect(const arc_identity::loopback_address&,
                                  std::chrono::milliseconds) {
    return {};
  }
  arc_identity::io_result send(arc_identity::const_buffer, std::chrono::milliseconds) { return {}; }
  arc_identity::io_result receive(arc_identity::mutable_buffer, std::chrono::milliseconds) {
    return {};
  }
  void close() {}
  arc_identity::peer_owner_result peer_owner(const arc_identity::loopback_address&) { return {}; }
};

struct some_clock {
  std::chrono::milliseconds now() { return {}; }
  std::chrono::seconds unix_time() { return {}; }
  void sleep_for(std::chrono::milliseconds) {}
};

struct key_file_reader {
  arc_identity::key_file_result read(const char*, arc_identity::mutable_buffer) { return {}; }
};

}  // namespace

int main() {
  arc_identity::basic_client<transport, some_clock, key_file_reader> client;
  char workspace[16 * 1024];
  return client.get_token({"https://vault.azure.net"}, workspace) ? 0 : 1;
}
