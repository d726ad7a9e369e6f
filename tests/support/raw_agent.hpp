// SPDX-License-Identifier: MIT
/// An agent that sends raw bytes over TCP on the loopback interface: a test sets, for each
/// connection, what it reads and writes. All it knows about HTTP is where a request ends.
#pragma once

#if defined(_WIN32)
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#endif

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <thread>
#include <utility>

/// The functions that differ between POSIX and Windows. Each call waits for at most about 10 ms.
namespace raw_sockets {

constexpr std::ptrdiff_t nothing_yet = -2;

#if defined(_WIN32)

using handle = SOCKET;
constexpr handle none = INVALID_SOCKET;
constexpr int stream = SOCK_STREAM;

class library {
 public:
  library() { WSAStartup(MAKEWORD(2, 2), &data_); }
  ~library() { WSACleanup(); }
  library(const library&) = delete;
  library& operator=(const library&) = delete;

 private:
  WSADATA data_{};
};

inline bool is_ready(handle socket, short what) {
  WSAPOLLFD waited{socket, what, 0};
  return ::WSAPoll(&waited, 1, 10) > 0;
}
inline handle accept(handle listener) {
  return is_ready(listener, POLLIN) ? ::accept(listener, nullptr, nullptr) : none;
}
inline std::ptrdiff_t receive(handle socket, char* space, std::size_t size) {
  return is_ready(socket, POLLIN) ? ::recv(socket, space, static_cast<int>(size), 0) : nothing_yet;
}
inline std::ptrdiff_t send(handle socket, const char* bytes, std::size_t size) {
  return is_ready(socket, POLLOUT) ? ::send(socket, bytes, static_cast<int>(size), 0) : nothing_yet;
}
inline void close(handle socket) { ::closesocket(socket); }
inline void limit_waits(handle) {}

#else

using handle = int;
constexpr handle none = -1;
constexpr int stream = SOCK_STREAM | SOCK_CLOEXEC;

struct library {};

inline std::ptrdiff_t result(ssize_t count) {
  const bool is_interrupted = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
  return count < 0 && is_interrupted ? nothing_yet : count;
}
inline handle accept(handle listener) {
  return ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
}
inline std::ptrdiff_t receive(handle socket, char* space, std::size_t size) {
  return result(::recv(socket, space, size, 0));
}
inline std::ptrdiff_t send(handle socket, const char* bytes, std::size_t size) {
  return result(::send(socket, bytes, size, MSG_NOSIGNAL));
}
inline void close(handle socket) { ::close(socket); }
inline void limit_waits(handle socket) {
  const timeval limit{0, 10'000};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

#endif

template <class Value>
void set(handle socket, int level, int name, const Value& value) {
  ::setsockopt(socket, level, name, reinterpret_cast<const char*>(&value), sizeof value);
}

}  // namespace raw_sockets

inline const std::atomic<bool> never_stopping{false};

/// One connection. The destructor closes it.
class raw_connection {
 public:
  explicit raw_connection(raw_sockets::handle socket,
                          const std::atomic<bool>& stopping = never_stopping)
      : socket_(socket), stopping_(&stopping) {
    raw_sockets::limit_waits(socket_);
    raw_sockets::set(socket_, IPPROTO_TCP, TCP_NODELAY, 1);
  }
  ~raw_connection() { close(); }
  raw_connection(const raw_connection&) = delete;
  raw_connection& operator=(const raw_connection&) = delete;

  /// Reads up to an empty line. Returns an empty string if the client closes first.
  std::string read_request() {
    std::size_t end = 0;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive()) return {};
    }
    return take(end + 4);
  }
  /// Reads `count` bytes, or fewer if the peer closes first.
  std::string read(std::size_t count) {
    while (received_.size() < count && receive()) {
    }
    return take(count);
  }
  /// Bytes received but not read.
  const std::string& unread() const { return received_; }

  /// Returns false if the client has closed.
  bool send(const std::string& bytes) {
    std::size_t sent = 0;
    while (sent < bytes.size()) {
      const std::ptrdiff_t count = await(
          [&] { return raw_sockets::send(socket_, bytes.data() + sent, bytes.size() - sent); });
      if (count <= 0) return false;
      sent += static_cast<std::size_t>(count);
    }
    return true;
  }

  /// Sends byte by byte, each in a separate packet.
  bool drip(const std::string& bytes, std::chrono::milliseconds pause) {
    for (const char c : bytes) {
      if (!send(std::string(1, c))) return false;
      std::this_thread::sleep_for(pause);
    }
    return true;
  }

  void wait_for_client_to_close() {
    while (receive()) {
    }
  }

  void close() {
    if (socket_ != raw_sockets::none) raw_sockets::close(socket_);
    socket_ = raw_sockets::none;
  }

  /// Closes with RST instead of FIN.
  void reset() {
    raw_sockets::set(socket_, SOL_SOCKET, SO_LINGER, linger{1, 0});
    close();
  }

  bool is_stopping() const { return *stopping_; }

 private:
  /// Repeats the call until it has a result, or until the agent is stopping.
  template <class Call>
  std::ptrdiff_t await(Call call) const {
    std::ptrdiff_t count = raw_sockets::nothing_yet;
    while (count == raw_sockets::nothing_yet && !*stopping_) count = call();
    return count;
  }

  /// Returns false at the end of the connection.
  bool receive() {
    char bytes[4096];
    const std::ptrdiff_t count =
        await([&] { return raw_sockets::receive(socket_, bytes, sizeof bytes); });
    if (count <= 0) return false;
    received_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }

  std::string take(std::size_t count) {
    std::string taken = received_.substr(0, count);
    received_.erase(0, count);
    return taken;
  }

  raw_sockets::handle socket_;
  const std::atomic<bool>* stopping_;
  std::string received_{};
};

/// The address of an agent.
struct raw_place {
  const char* address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any free one
  int backlog = 128;
  bool is_dual_stack = false;
  const char* device = nullptr;  ///< SO_BINDTODEVICE (Linux).
};

/// Listens from the start; accepts connections only in `serve`.
class raw_listener : raw_sockets::library {
 public:
  /// Called for each connection; `index` counts from 0.
  using handler = std::function<void(raw_connection& connection, std::size_t index)>;

  explicit raw_listener(const raw_place& place = {})
      : is_ipv4_(std::strchr(place.address, ':') == nullptr),
        socket_(::socket(is_ipv4_ ? AF_INET : AF_INET6, raw_sockets::stream, 0)) {
    raw_sockets::limit_waits(socket_);
    sockaddr_in ipv4{};
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = htons(place.port);
    sockaddr_in6 ipv6{};
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = htons(place.port);
    void* const bytes = is_ipv4_ ? static_cast<void*>(&ipv4.sin_addr) : &ipv6.sin6_addr;
    auto* const name =
        is_ipv4_ ? reinterpret_cast<sockaddr*>(&ipv4) : reinterpret_cast<sockaddr*>(&ipv6);
    socklen_t size = is_ipv4_ ? sizeof ipv4 : sizeof ipv6;
    if (prepare(place) && ::inet_pton(name->sa_family, place.address, bytes) == 1 &&
        ::bind(socket_, name, size) == 0 && ::listen(socket_, place.backlog) == 0 &&
        ::getsockname(socket_, name, &size) == 0) {
      port_ = ntohs(is_ipv4_ ? ipv4.sin_port : ipv6.sin6_port);
    }
  }
  ~raw_listener() {
    if (socket_ != raw_sockets::none) raw_sockets::close(socket_);
  }
  raw_listener(const raw_listener&) = delete;
  raw_listener& operator=(const raw_listener&) = delete;

  bool is_listening() const { return port_ != 0; }
  std::uint16_t port() const { return port_; }
  std::string url(const std::string& host) const {
    return "http://" + host + ":" + std::to_string(port_) + "/metadata/identity/oauth2/token";
  }
  std::string url() const { return url(is_ipv4_ ? "127.0.0.1" : "[::1]"); }

  /// Serves one connection after another until `stopping` is set.
  void serve(const handler& serve_one, const std::atomic<bool>& stopping = never_stopping) const {
    for (std::size_t index = 0; !stopping && is_listening();) {
      const raw_sockets::handle accepted = raw_sockets::accept(socket_);
      if (accepted == raw_sockets::none) continue;
      raw_connection connection(accepted, stopping);
      serve_one(connection, index++);
    }
  }

 private:
  bool prepare(const raw_place& place) const {
#if defined(_WIN32)  // On Windows, SO_REUSEADDR would let two listeners share a port.
    return place.device == nullptr;
#else
    raw_sockets::set(socket_, SOL_SOCKET, SO_REUSEADDR, 1);
    if (!is_ipv4_) {
      raw_sockets::set(socket_, IPPROTO_IPV6, IPV6_V6ONLY, place.is_dual_stack ? 0 : 1);
    }
    return place.device == nullptr ||
           ::setsockopt(socket_, SOL_SOCKET, SO_BINDTODEVICE, place.device,
                        static_cast<socklen_t>(std::strlen(place.device) + 1)) == 0;
#endif
  }

  const bool is_ipv4_;
  const raw_sockets::handle socket_;
  std::uint16_t port_ = 0;
};

/// A listener that serves in its own thread.
class raw_agent {
 public:
  using handler = raw_listener::handler;

  explicit raw_agent(const handler& serve, const raw_place& place = {})
      : listener_(place), thread_([this, serve] {
          listener_.serve(
              [&](raw_connection& connection, std::size_t index) {
                ++connections_;
                serve(connection, index);
              },
              stopping_);
        }) {}
  ~raw_agent() {
    stopping_ = true;
    thread_.join();
  }
  raw_agent(const raw_agent&) = delete;
  raw_agent& operator=(const raw_agent&) = delete;

  bool is_listening() const { return listener_.is_listening(); }
  std::uint16_t port() const { return listener_.port(); }
  std::string url(const std::string& host) const { return listener_.url(host); }
  std::string url() const { return listener_.url(); }
  std::size_t connections() const { return connections_; }

 private:
  const raw_listener listener_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> connections_{0};
  std::thread thread_;  // The last member: it uses the others.
};
