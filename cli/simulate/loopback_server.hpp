// SPDX-License-Identifier: MIT
//
// An HTTP server on one loopback address that can be stopped whatever its clients are doing, which
// cpp-httplib's own cannot.

#ifndef ARC_IDENTITY_CLI_SIMULATE_LOOPBACK_SERVER_HPP
#define ARC_IDENTITY_CLI_SIMULATE_LOOPBACK_SERVER_HPP

#include <httplib.h>

#include <atomic>
#include <functional>
#include <thread>

#include "simulate/bounded_server.hpp"

namespace arc_identity_cli {

class loopback_server {
 public:
  using handler = std::function<void(const httplib::Request&, httplib::Response&)>;

  /// Answers each request with `handle`, from several threads at once; `when_idle` is called
  /// several times a second.
  loopback_server(handler handle, std::function<void()> when_idle);
  ~loopback_server() { stop(); }
  loopback_server(const loopback_server&) = delete;
  loopback_server& operator=(const loopback_server&) = delete;

  /// Binds to the port, or any free one for 0. Returns the port, or 0 if it is in use or the system
  /// has no such address.
  int bind(const char* address, int port);

  /// Serves in its own threads, after bind().
  void run();

  /// Closes all connections.
  void stop();

 private:
  void configure(std::function<void()> when_idle);

  handler handle_;
  bounded_server server_;
  int listening_socket_ = -1;
  int port_ = 0;
  std::thread listener_;
  std::atomic<bool> listener_done_{false};
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SIMULATE_LOOPBACK_SERVER_HPP
