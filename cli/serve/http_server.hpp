// SPDX-License-Identifier: MIT
//
// An HTTP server over libmicrohttpd that limits what clients can cost it: the number of
// connections, the size of a header, and the time of a whole request.

#ifndef ARC_IDENTITY_CLI_SERVE_HTTP_SERVER_HPP
#define ARC_IDENTITY_CLI_SERVE_HTTP_SERVER_HPP

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

#include "serve/token_service.hpp"

namespace arc_identity_cli {

class http_server {
 public:
  /// Maximum number of connections. If there is one more, the connection that has kept the server
  /// waiting longest is closed.
  static constexpr std::size_t most_connections = 400;
  /// The limit for a request line and header, in bytes; as much again is for the answer's.
  static constexpr std::size_t memory_per_connection = std::size_t{24} * 1024;
  /// The time that a client has to send a request, from the connection or the last answer on, and
  /// again to receive the answer. The time to produce the answer does not count.
  static constexpr std::chrono::seconds most_time{10};

  /// Called from several threads at once, with the connection's socket.
  using handler = std::function<serve_answer(const serve_request&, int)>;

  explicit http_server(handler handle);
  ~http_server();
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  /// Serves a listening socket, which the caller still owns; false if resources are lacking.
  bool start(int listening_socket);

  /// Closes all connections. False if a handler does not return within `patience`: its thread still
  /// runs, and the program must end without calling destructors.
  bool stop(std::chrono::milliseconds patience);

 private:
  class state;
  std::unique_ptr<state> state_;
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SERVE_HTTP_SERVER_HPP
