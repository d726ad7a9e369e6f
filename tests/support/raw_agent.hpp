// SPDX-License-Identifier: MIT
/// An agent of raw bytes over TCP on the loopback interface (POSIX): a test says, connection by
/// connection, what it reads and writes, however wrong. It knows nothing of HTTP but where a
/// request ends.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

/// One connection, for the agent's side. It closes at the end of its life.
class raw_connection {
 public:
  raw_connection(int socket, const std::atomic<bool>& stopping)
      : socket_(socket), stopping_(&stopping) {
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  ~raw_connection() { close(); }
  raw_connection(const raw_connection&) = delete;
  raw_connection& operator=(const raw_connection&) = delete;

  /// Up to its empty line; empty where the client has gone.
  std::string read_request() {
    std::string request;
    char c = 0;
    while (request.size() < 4 || request.compare(request.size() - 4, 4, "\r\n\r\n") != 0) {
      if (!wait_for(POLLIN) || ::recv(socket_, &c, 1, 0) != 1) return {};
      request += c;
    }
    return request;
  }

  /// False where the client has gone.
  bool send(const std::string& bytes) {
    std::size_t sent = 0;
    while (sent < bytes.size()) {
      if (!wait_for(POLLOUT)) return false;
      const ssize_t count =
          ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count <= 0) return false;
      sent += static_cast<std::size_t>(count);
    }
    return true;
  }

  /// Byte by byte, each in a packet of its own.
  bool drip(const std::string& bytes, std::chrono::milliseconds pause) {
    for (const char c : bytes) {
      if (!send(std::string(1, c))) return false;
      std::this_thread::sleep_for(pause);
    }
    return true;
  }

  void wait_for_client_to_close() {
    char c = 0;
    while (wait_for(POLLIN) && ::recv(socket_, &c, 1, 0) == 1) {
    }
  }

  void close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

  /// Closes with RST instead of FIN.
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }

  bool is_stopping() const { return *stopping_; }

 private:
  bool wait_for(short what) const {
    pollfd waited{socket_, what, 0};
    while (!*stopping_) {
      if (::poll(&waited, 1, 10) > 0) return true;
    }
    return false;
  }

  int socket_;
  const std::atomic<bool>* stopping_;
};

/// Serves one connection after the other in a thread of its own.
class raw_agent {
 public:
  /// Is called for each connection, the first has `index` 0.
  using handler = std::function<void(raw_connection& connection, std::size_t index)>;

  /// `port`: 0 takes any that is free.
  explicit raw_agent(handler serve, int family = AF_INET, std::uint16_t port = 0)
      : family_(family), serve_(std::move(serve)) {
    listen(port);
    thread_ = std::thread([this] { run(); });
  }
  ~raw_agent() {
    stopping_ = true;
    thread_.join();
    if (socket_ >= 0) ::close(socket_);
  }
  raw_agent(const raw_agent&) = delete;
  raw_agent& operator=(const raw_agent&) = delete;

  bool is_listening() const { return port_ != 0; }
  std::uint16_t port() const { return port_; }
  std::string url(const std::string& host) const {
    return "http://" + host + ":" + std::to_string(port_) + "/metadata/identity/oauth2/token";
  }
  std::string url() const { return url(family_ == AF_INET ? "127.0.0.1" : "[::1]"); }
  std::size_t connections() const { return connections_; }

 private:
  void listen(std::uint16_t port) {
    socket_ = ::socket(family_, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in ipv4{};
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = htons(port);
    ipv4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr_in6 ipv6{};
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = htons(port);
    ipv6.sin6_addr = in6addr_loopback;
    const bool is_ipv4 = family_ == AF_INET;
    auto* const address =
        is_ipv4 ? reinterpret_cast<sockaddr*>(&ipv4) : reinterpret_cast<sockaddr*>(&ipv6);
    socklen_t size = is_ipv4 ? sizeof ipv4 : sizeof ipv6;
    if (::bind(socket_, address, size) != 0 || ::listen(socket_, 128) != 0 ||
        ::getsockname(socket_, address, &size) != 0) {
      return;
    }
    port_ = ntohs(is_ipv4 ? ipv4.sin_port : ipv6.sin6_port);
  }

  void run() {
    pollfd waited{socket_, POLLIN, 0};
    while (!stopping_ && is_listening()) {
      if (::poll(&waited, 1, 10) <= 0) continue;
      const int accepted = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
      if (accepted < 0) continue;
      raw_connection connection(accepted, stopping_);
      serve_(connection, connections_++);
    }
  }

  const int family_;
  const handler serve_;
  int socket_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> connections_{0};
  std::thread thread_;
};
