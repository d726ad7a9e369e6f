// SPDX-License-Identifier: MIT
/// Policies in parts, one function each, for programs that omit one or get one wrong.
#pragma once

#include <chrono>

#include <arc_identity/core.hpp>

using arc_identity::const_buffer;
using arc_identity::io_result;
using arc_identity::loopback_address;
using arc_identity::mutable_buffer;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct with_connect {
  io_result connect(const loopback_address&, milliseconds) { return {}; }
};
struct with_send {
  io_result send(const_buffer, milliseconds) { return {}; }
};
struct with_receive {
  io_result receive(mutable_buffer, milliseconds) { return {}; }
};
struct with_close {
  void close() {}
};
struct good_transport : with_connect, with_send, with_receive, with_close {};

struct with_now {
  milliseconds now() { return {}; }
};
struct with_unix_time {
  seconds unix_time() { return {}; }
};
struct with_sleep_for {
  void sleep_for(milliseconds) {}
};
struct good_clock : with_now, with_unix_time, with_sleep_for {};

struct good_key_file_reader {
  arc_identity::key_file_result read(const char*, mutable_buffer) { return {}; }
};

template <class Transport, class Clock = good_clock, class KeyFileReader = good_key_file_reader>
int get_token() {
  arc_identity::basic_client<Transport, Clock, KeyFileReader> client;
  char workspace[16 * 1024];
  return client.get_token({"https://vault.azure.net"}, workspace) ? 0 : 1;
}
