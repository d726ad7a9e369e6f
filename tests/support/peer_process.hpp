// SPDX-License-Identifier: MIT
/// A program of another user at the agent's port (Linux): an agent, or an attacker who relays the
/// real agent's challenge and waits for the key. It is a process of its own, and ends with the
/// object.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstring>
#include <string>

#include "support/agent_texts.hpp"

struct peer_behaviour {
  uid_t user = 0;  ///< Only root can become another.
  const char* address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any that is free.
  bool is_dual_stack = false;
  bool is_bound_to_lo = false;  ///< SO_BINDTODEVICE
  /// Each request is handed on to the agent at this port; 0: it answers itself.
  std::uint16_t relays_to = 0;
  std::string key_path{};      ///< Where it answers itself: what it challenges with.
  bool keeps_open = true;      ///< Else "Connection: close" and a connection for each request.
  bool accepts_later = false;  ///< All but the first connection only when `accept_now()` is called.
};

class peer_process {
 public:
  explicit peer_process(const peer_behaviour& behaviour) : behaviour_(behaviour) {
    if (::pipe(reports_) != 0 || ::pipe(orders_) != 0) return;
    child_ = ::fork();
    if (child_ == 0) {
      ::close(reports_[0]);
      ::close(orders_[1]);
      run();
      ::_exit(99);
    }
    ::close(reports_[1]);
    ::close(orders_[0]);
    if (::read(reports_[0], &port_, sizeof port_) != sizeof port_) port_ = 0;
  }
  ~peer_process() {
    if (child_ > 0) ::kill(child_, SIGKILL);
    if (child_ > 0) ::waitpid(child_, nullptr, 0);
    ::close(reports_[0]);
    ::close(orders_[1]);
  }
  peer_process(const peer_process&) = delete;
  peer_process& operator=(const peer_process&) = delete;

  bool is_listening() const { return port_ != 0; }
  std::uint16_t port() const { return port_; }
  std::string url(const std::string& host = "127.0.0.1") const {
    return "http://" + host + ":" + std::to_string(port_) + "/metadata/identity/oauth2/token";
  }

  void accept_now() const { (void)!::write(orders_[1], "", 1); }

  /// Whether it has received a key; waits for a moment where that is not known yet.
  bool has_key(int milliseconds = 0) const {
    pollfd waited{reports_[0], POLLIN, 0};
    if (::poll(&waited, 1, milliseconds) <= 0) return false;
    char report = 0;
    return ::read(reports_[0], &report, 1) == 1 && report == 'K';
  }

 private:
  void run() const {
    if (behaviour_.user != ::geteuid() &&
        (::setgid(behaviour_.user) != 0 || ::setuid(behaviour_.user) != 0)) {
      return;
    }
    const int listener = listen();
    if (listener < 0) return;
    for (int index = 0;; ++index) {
      char order = 0;
      if (index == 1 && behaviour_.accepts_later && ::read(orders_[0], &order, 1) != 1) return;
      const int client = ::accept(listener, nullptr, nullptr);
      if (client < 0) return;
      while (serve(client) && behaviour_.keeps_open) {
      }
      ::close(client);
    }
  }

  int listen() const {
    const bool is_ipv4 = std::strchr(behaviour_.address, ':') == nullptr;
    const int listener = ::socket(is_ipv4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int only_ipv6 = behaviour_.is_dual_stack ? 0 : 1;
    if (!is_ipv4) ::setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &only_ipv6, sizeof only_ipv6);
    if (behaviour_.is_bound_to_lo &&
        ::setsockopt(listener, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3) != 0) {
      return -1;
    }
    sockaddr_in ipv4{};
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = htons(behaviour_.port);
    sockaddr_in6 ipv6{};
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = htons(behaviour_.port);
    void* const bytes = is_ipv4 ? static_cast<void*>(&ipv4.sin_addr) : &ipv6.sin6_addr;
    if (::inet_pton(is_ipv4 ? AF_INET : AF_INET6, behaviour_.address, bytes) != 1) return -1;
    auto* const name =
        is_ipv4 ? reinterpret_cast<sockaddr*>(&ipv4) : reinterpret_cast<sockaddr*>(&ipv6);
    socklen_t size = is_ipv4 ? sizeof ipv4 : sizeof ipv6;
    if (::bind(listener, name, size) != 0 || ::listen(listener, 16) != 0) return -1;
    if (::getsockname(listener, name, &size) != 0) return -1;
    const std::uint16_t port = ntohs(is_ipv4 ? ipv4.sin_port : ipv6.sin6_port);
    return ::write(reports_[1], &port, sizeof port) == sizeof port ? listener : -1;
  }

  /// One request and its answer; false where the client has gone.
  bool serve(int client) const {
    const std::string request = read_head(client);
    if (request.empty()) return false;
    const bool has_key = request.find("\r\nAuthorization: ") != std::string::npos;
    if (has_key && ::write(reports_[1], "K", 1) != 1) return false;
    return send(client, behaviour_.relays_to != 0 ? ask_agent(request) : answer(has_key));
  }

  std::string answer(bool has_key) const {
    const std::string fields = behaviour_.keeps_open ? "" : "Connection: close\r\n";
    return has_key ? agent_texts::token_response()
                   : agent_texts::challenge(behaviour_.key_path, fields);
  }

  std::string ask_agent(const std::string& request) const {
    const int agent = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(behaviour_.relays_to);
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::string response;
    if (::connect(agent, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0 &&
        send(agent, request)) {
      response = read_head(agent);
      const std::size_t at = response.find("Content-Length: ");
      std::size_t left = at == std::string::npos ? 0 : std::stoul(response.substr(at + 16));
      char c = 0;
      for (; left > 0 && ::recv(agent, &c, 1, 0) == 1; --left) response += c;
    }
    ::close(agent);
    return response;
  }

  static std::string read_head(int socket) {
    std::string head;
    char c = 0;
    while (head.size() < 4 || head.compare(head.size() - 4, 4, "\r\n\r\n") != 0) {
      if (::recv(socket, &c, 1, 0) != 1) return {};
      head += c;
    }
    return head;
  }

  static bool send(int socket, const std::string& bytes) {
    return ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
  }

  const peer_behaviour behaviour_;
  int reports_[2] = {-1, -1};
  int orders_[2] = {-1, -1};
  pid_t child_ = -1;
  std::uint16_t port_ = 0;
};
