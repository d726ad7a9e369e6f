// SPDX-License-Identifier: MIT
/// A program of another user on the agent's port (Linux): an agent, or an attacker who relays the
/// real agent's challenge and waits for the key. It is a separate process, and ends with the
/// object.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "support/agent_texts.hpp"
#include "support/child_process.hpp"
#include "support/raw_agent.hpp"

struct peer_behaviour {
  uid_t user = 0;  ///< only root can become another user
  raw_place at{};
  /// Each request is forwarded to the agent on this port; 0: it answers itself.
  std::uint16_t relays_to = 0;
  std::string key_path{};  ///< the path in the challenge, if it answers itself
  bool keeps_open =
      true;  ///< false: it sends "Connection: close", and each request needs a connection
  bool accepts_later = false;  ///< Later connections wait for `accept_now()`.
};

class peer_process {
 public:
  explicit peer_process(const peer_behaviour& behaviour)
      : behaviour_(behaviour), child_([this](int in, int out) { run(in, out); }) {
    if (!child_.read(port_)) port_ = 0;
  }

  bool is_listening() const { return port_ != 0; }
  std::uint16_t port() const { return port_; }
  std::string url(const std::string& host = "127.0.0.1") const {
    return "http://" + host + ":" + std::to_string(port_) + "/metadata/identity/oauth2/token";
  }

  void accept_now() const { child_.write(0); }

  /// Whether it has received a key; waits up to `milliseconds` for each report.
  bool has_key(int milliseconds = 0) const {
    while (child_.has_written(milliseconds)) {
      char report = 0;
      if (!child_.read(report)) return false;
      if (report == key_received) return true;
    }
    return false;
  }

  /// Waits for the end of the first connection. Returns true if no byte came over it.
  bool has_nothing() const {
    char report = 0;
    return child_.read(report) && report == nothing_received;
  }

 private:
  // What the child reports.
  static constexpr char request_received = 'R';
  static constexpr char key_received = 'K';
  static constexpr char nothing_received = '0';  ///< A connection ended without a byte.
  static constexpr char part_received = 'P';     ///< It ended within a request.

  void run(int in, int out) const {
    if (behaviour_.user != ::geteuid() &&
        (::setgid(behaviour_.user) != 0 || ::setuid(behaviour_.user) != 0)) {
      return;
    }
    const raw_listener listener(behaviour_.at);
    const std::uint16_t port = listener.port();
    if (::write(out, &port, sizeof port) != sizeof port) return;
    listener.serve([&](raw_connection& client, std::size_t index) {
      while (serve(client, out) && behaviour_.keeps_open) {
      }
      client.close();
      char order = 0;
      if (index == 0 && behaviour_.accepts_later) (void)!::read(in, &order, 1);
    });
  }

  static void report(int out, char what) { (void)!::write(out, &what, 1); }

  /// Serves one request; false if the client has closed.
  bool serve(raw_connection& client, int out) const {
    const std::string request = client.read_request();
    if (request.empty()) {
      report(out, client.unread().empty() ? nothing_received : part_received);
      return false;
    }
    const bool has_key = agent_texts::contains(request, "\r\nAuthorization: ");
    report(out, has_key ? key_received : request_received);
    return client.send(behaviour_.relays_to != 0 ? ask_agent(request) : answer(has_key));
  }

  std::string answer(bool has_key) const {
    const std::string fields = behaviour_.keeps_open ? "" : "Connection: close\r\n";
    return has_key ? agent_texts::token_response()
                   : agent_texts::challenge(behaviour_.key_path, fields);
  }

  std::string ask_agent(const std::string& request) const {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    raw_connection agent(socket);
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(behaviour_.relays_to);
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket, reinterpret_cast<sockaddr*>(&name), sizeof name) != 0 ||
        !agent.send(request)) {
      return {};
    }
    const std::string head = agent.read_request();  // A response's head ends like a request.
    const std::size_t at = head.find("Content-Length: ");
    return head + agent.read(at == std::string::npos ? 0 : std::stoul(head.substr(at + 16)));
  }

  const peer_behaviour behaviour_;
  const child_process child_;
  std::uint16_t port_ = 0;
};
