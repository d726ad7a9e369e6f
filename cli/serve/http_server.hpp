// SPDX-License-Identifier: MIT
//
// An HTTP server over libmicrohttpd whose clients cost no more than it has set aside for them:
// connections, the size of a header and the time of a whole request are bounded.

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
  /// So many connections at a time. When there is one more, that which has kept the server waiting
  /// longest is closed.
  static constexpr std::size_t most_connections = 400;
  /// Of a request's line and header, and as much again for the answer's.
  static constexpr std::size_t memory_per_connection = std::size_t{24} * 1024;
  /// From the connection or the last answer to the end of the next request, and again until the
  /// answer is taken; the time in which it is found is not counted.
  static constexpr std::chrono::seconds most_time{10};

  /// Called from several threads at once, with the connection's socket.
  using handler = std::function<serve_answer(const serve_request&, int)>;

  explicit http_server(handler handle);
  ~http_server();
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  /// Serves a listening socket, which stays the caller's; false where there are no resources.
  bool start(int listening_socket);

  /// Closes all connections. False where a handler has not come to its end within the time: its
  /// thread is still there, and the program must end without calling destructors.
  bool stop(std::chrono::milliseconds patience);

 private:
  class state;
  std::unique_ptr<state> state_;
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SERVE_HTTP_SERVER_HPP
