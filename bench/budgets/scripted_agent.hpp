// SPDX-License-Identifier: MIT
// The least that answers as the agent does, always the same and at once: a challenge, and to a
// request with a key the token. What it costs is the same for whoever asks.
#pragma once

#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "token_body.hpp"

namespace budgets {

class scripted_agent {
 public:
  /// Listens at any free port; `key_path` is what it challenges with.
  explicit scripted_agent(const std::string& key_path)
      : challenge_(response("401 Unauthorized",
                            "Www-Authenticate: Basic realm=" + key_path + "\r\n",
                            R"({"error":"unauthorized_client","error_description":)"
                            R"("Missing Basic Authorization header"})")),
        token_(response("200 OK", "", token_body())),
        listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    auto* const address = reinterpret_cast<sockaddr*>(&address_);
    is_listening_ = ::bind(listener_, address, size) == 0 && ::listen(listener_, 16) == 0 &&
                    ::getsockname(listener_, address, &size) == 0;
  }
  ~scripted_agent() { ::close(listener_); }
  scripted_agent(const scripted_agent&) = delete;
  scripted_agent& operator=(const scripted_agent&) = delete;

  bool is_listening() const { return is_listening_; }
  unsigned port() const { return ntohs(address_.sin_port); }

  /// Serves one connection after the other, for ever.
  void serve() const {
    for (;;) {
      const int peer = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (peer < 0) continue;
      const int on = 1;
      ::setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      while (answer(peer)) {
      }
      ::close(peer);
    }
  }

 private:
  static std::string response(const std::string& status, const std::string& fields,
                              const std::string& body) {
    return "HTTP/1.1 " + status + "\r\n" + fields +
           "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
  }

  /// A request comes in one piece: each of our clients sends it with one call.
  bool answer(int peer) const {
    char request[4096];
    const ssize_t size = ::recv(peer, request, sizeof request, 0);
    if (size <= 0) return false;
    const std::string_view text(request, static_cast<std::size_t>(size));
    const bool has_key = text.find("\r\nAuthorization: Basic ") != std::string_view::npos;
    const std::string& answer = has_key ? token_ : challenge_;
    return ::send(peer, answer.data(), answer.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(answer.size());
  }

  const std::string challenge_;
  const std::string token_;
  const int listener_;
  sockaddr_in address_{};
  bool is_listening_ = false;
};

}  // namespace budgets
