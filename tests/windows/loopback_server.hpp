// SPDX-License-Identifier: MIT
/// A server of raw bytes over TCP on the loopback interface (Windows): a test says, connection by
/// connection, what it reads and writes. It knows nothing of HTTP but where a request ends.
#pragma once

#include <winsock2.h>
#include <ws2tcpip.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include <doctest/doctest.h>

/// Winsock, for the test's own use of it.
class winsock_for_tests {
 public:
  winsock_for_tests() {
    WSADATA data;
    REQUIRE(WSAStartup(MAKEWORD(2, 2), &data) == 0);
  }
  ~winsock_for_tests() { WSACleanup(); }
  winsock_for_tests(const winsock_for_tests&) = delete;
  winsock_for_tests& operator=(const winsock_for_tests&) = delete;
};

/// One connection, for the server's side. It closes at the end of its life.
class server_connection {
 public:
  explicit server_connection(SOCKET socket) : socket_(socket) {}
  ~server_connection() { close(); }
  server_connection(const server_connection&) = delete;
  server_connection& operator=(const server_connection&) = delete;

  /// Up to its empty line, or what came until the client had gone.
  std::string read_request() {
    std::string request;
    char c = 0;
    while (request.size() < 4 || request.compare(request.size() - 4, 4, "\r\n\r\n") != 0) {
      if (::recv(socket_, &c, 1, 0) != 1) break;
      request += c;
    }
    return request;
  }

  void send(const std::string& bytes) {
    std::size_t sent = 0;
    while (sent < bytes.size()) {
      const int count =
          ::send(socket_, bytes.data() + sent, static_cast<int>(bytes.size() - sent), 0);
      if (count <= 0) return;
      sent += static_cast<std::size_t>(count);
    }
  }

  /// With what stands unread: the client gets a reset.
  void reset() {
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&at_once),
                 sizeof at_once);
    close();
  }

  void close() {
    if (socket_ != INVALID_SOCKET) ::closesocket(socket_);
    socket_ = INVALID_SOCKET;
  }

 private:
  SOCKET socket_;
};

/// Serves one connection after the other, `count` of them, in a thread of its own.
class loopback_server {
 public:
  using handler = std::function<void(server_connection&)>;

  explicit loopback_server(int count, handler handle) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int size = sizeof address;
    REQUIRE(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(listener_, 16) == 0);
    REQUIRE(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, count, handle = std::move(handle)] {
      for (int i = 0; i < count; ++i) {
        const SOCKET socket = ::accept(listener_, nullptr, nullptr);
        if (socket == INVALID_SOCKET) return;
        server_connection connection(socket);
        handle(connection);
      }
    });
  }
  ~loopback_server() {
    ::closesocket(listener_);
    thread_.join();
  }
  loopback_server(const loopback_server&) = delete;
  loopback_server& operator=(const loopback_server&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  const winsock_for_tests winsock_{};
  SOCKET listener_ = INVALID_SOCKET;
  std::uint16_t port_ = 0;
  std::thread thread_;
};
