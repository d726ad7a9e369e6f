// SPDX-License-Identifier: MIT
//
// Minimal HTTP for tests of the simulated agent: sends bytes to 127.0.0.1 and returns the unchanged
// answer. It is neither our client nor cpp-httplib's, so that neither can hide a mistake. It
// expects a Content-Length and a correct server.

#ifndef ARC_IDENTITY_TESTS_CLI_RAW_HTTP_HPP
#define ARC_IDENTITY_TESTS_CLI_RAW_HTTP_HPP

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace raw_http {

struct response {
  int status = 0;    ///< 0: no answer
  std::string head;  ///< the unchanged status line and header
  std::string body;

  /// The value of a header with exactly this name; "" if it is missing.
  std::string header(const std::string& name) const {
    const std::size_t at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return "";
    const std::size_t start = at + name.size() + 4;
    return head.substr(start, head.find("\r\n", start) - start);
  }

  bool has(const std::string& text) const { return body.find(text) != std::string::npos; }
};

class connection {
 public:
  /// To 127.0.0.1, or to ::1 if the family is AF_INET6.
  explicit connection(int port, int family = AF_INET)
      : socket_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{20, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const auto port_number = htons(static_cast<std::uint16_t>(port));
    const sockaddr_in v4{AF_INET, port_number, {htonl(INADDR_LOOPBACK)}, {}};
    const sockaddr_in6 v6{AF_INET6, port_number, 0, IN6ADDR_LOOPBACK_INIT, 0};
    connected_ = family == AF_INET ? connects(v4) : connects(v6);
  }
  ~connection() { ::close(socket_); }
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  bool connected() const { return connected_; }

  void send(const std::string& bytes) { ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }

  /// Sends `bytes` repeatedly; returns how often the other side's system accepted all of them.
  std::size_t flood(const std::string& bytes, std::size_t most) {
    std::size_t count = 0;
    while (count < most && ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
                               static_cast<ssize_t>(bytes.size())) {
      ++count;
    }
    return count;
  }

  /// One answer. An answer to HEAD has no body, whatever its header says.
  response receive(bool body_follows = true) {
    response got;
    std::size_t end = std::string::npos;
    while ((end = pending_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive_more()) return got;
    }
    got.head = pending_.substr(0, end + 2);
    pending_.erase(0, end + 4);
    got.status = std::atoi(got.head.substr(got.head.find(' ') + 1).c_str());
    const std::size_t length =
        body_follows ? std::strtoul(got.header("Content-Length").c_str(), nullptr, 10) : 0;
    while (pending_.size() < length && receive_more()) {
    }
    got.body = pending_.substr(0, length);
    pending_.erase(0, got.body.size());
    return got;
  }

  response ask(const std::string& request) {
    send(request);
    return receive();
  }

  /// Whether the server has closed the connection and sent nothing more.
  bool at_end() { return pending_.empty() && !receive_more(); }

 private:
  template <class Address>
  bool connects(const Address& to) const {
    return ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  }

  bool receive_more() {
    char bytes[4096];
    const ssize_t got = ::recv(socket_, bytes, sizeof bytes, 0);
    if (got <= 0) return false;
    pending_.append(bytes, static_cast<std::size_t>(got));
    return true;
  }

  int socket_;
  bool connected_ = false;
  std::string pending_;
};

/// A GET of the target, with header lines that each end in CR LF.
inline std::string get(const std::string& target, const std::string& header_lines) {
  return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + header_lines + "\r\n";
}

}  // namespace raw_http

#endif  // ARC_IDENTITY_TESTS_CLI_RAW_HTTP_HPP
