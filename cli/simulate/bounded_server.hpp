// SPDX-License-Identifier: MIT
//
// cpp-httplib's server with a limit on the size of each request. Without it, lines, fields and
// bodies of any size are kept in memory.

#ifndef ARC_IDENTITY_CLI_SIMULATE_BOUNDED_SERVER_HPP
#define ARC_IDENTITY_CLI_SIMULATE_BOUNDED_SERVER_HPP

#include <arpa/inet.h>
#include <httplib.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <ctime>
#include <string>

namespace arc_identity_cli {

/// The port of an IPv4 or IPv6 address, otherwise -1.
inline int port_of(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
  }
  if (address.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
  }
  return -1;
}

/// A connection that fails if more than `longest_request` bytes arrive between two answers.
///
/// Not all versions of cpp-httplib have all of these functions, so none is marked `override`.
class bounded_stream final : public httplib::Stream {
 public:
  static constexpr std::size_t longest_request = std::size_t{64} * 1024;

  bounded_stream(socket_t socket, std::time_t read_timeout, std::time_t write_timeout)
      : socket_(socket), read_timeout_(read_timeout), write_timeout_(write_timeout) {}

  /// Waits until the connection can be read or written, or has ended; false after `seconds`.
  bool wait_for(short event, std::time_t seconds) const {
    if (event == POLLIN && begin_ != end_) return true;
    pollfd waited{socket_, event, 0};
    int count = -1;
    do {
      count = ::poll(&waited, 1, static_cast<int>(seconds) * 1000);
    } while (count < 0 && errno == EINTR);
    return count > 0;
  }

  // NOLINTBEGIN(modernize-use-override,cppcoreguidelines-explicit-virtual-functions)
  bool is_readable() const { return wait_readable(); }
  bool is_writable() const { return wait_writable(); }
  bool wait_readable() const { return wait_for(POLLIN, read_timeout_); }
  bool wait_writable() const { return wait_for(POLLOUT, write_timeout_); }

  ssize_t read(char* to, std::size_t size) {
    if (received_ >= longest_request) return -1;
    if (begin_ == end_) {
      if (!flush() || !wait_for(POLLIN, read_timeout_)) return -1;
      const ssize_t count = ::recv(socket_, buffer_, sizeof buffer_, 0);
      if (count <= 0) return count;
      begin_ = buffer_;
      end_ = buffer_ + count;
    }
    const std::size_t count = std::min(size, static_cast<std::size_t>(end_ - begin_));
    std::copy_n(begin_, count, to);
    begin_ += count;
    received_ += count;
    return static_cast<ssize_t>(count);
  }

  ssize_t write(const char* from, std::size_t size) {
    if (received_ < longest_request) received_ = 0;
    to_send_.append(from, size);
    return static_cast<ssize_t>(size);
  }

  void get_remote_ip_and_port(std::string& ip, int& port) const { take(::getpeername, ip, port); }
  void get_local_ip_and_port(std::string& ip, int& port) const { take(::getsockname, ip, port); }
  socket_t socket() const { return socket_; }
  std::time_t duration() const { return 0; }
  // NOLINTEND(modernize-use-override,cppcoreguidelines-explicit-virtual-functions)

  /// Sends head and body together, as a Go server does.
  bool flush() {
    for (std::size_t sent = 0; sent < to_send_.size();) {
      if (!wait_writable()) return false;
      const ssize_t count =
          ::send(socket_, to_send_.data() + sent, to_send_.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) return false;
      sent += static_cast<std::size_t>(count);
    }
    to_send_.clear();
    return true;
  }

 private:
  template <class Getter>
  void take(Getter getter, std::string& ip, int& port) const {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    char text[INET6_ADDRSTRLEN];
    if (getter(socket_, generic, &size) != 0 ||
        ::getnameinfo(generic, size, text, sizeof text, nullptr, 0, NI_NUMERICHOST) != 0) {
      return;
    }
    ip = text;
    port = port_of(address);
  }

  socket_t socket_;
  std::time_t read_timeout_;
  std::time_t write_timeout_;
  std::size_t received_ = 0;  ///< since the last answer
  std::string to_send_;
  char buffer_[4096]{};
  const char* begin_ = buffer_;  ///< received and not read yet
  const char* end_ = buffer_;
};

class bounded_server final : public httplib::Server {
 private:
  bool process_and_close_socket(socket_t socket) override {
    bounded_stream stream(socket, read_timeout_sec_, write_timeout_sec_);
    bool is_over = false;
    while (!is_over && stream.wait_for(POLLIN, keep_alive_timeout_sec_)) {
      const bool goes_on = process(stream, is_over, 0);
      if (!stream.flush() || !goes_on) break;
    }
    ::shutdown(socket, SHUT_RDWR);
    ::close(socket);
    return true;
  }

  template <class Stream>
  auto process(Stream& stream, bool& is_over, int)
      -> decltype(this->process_request(stream, false, is_over, nullptr)) {
    return this->process_request(stream, false, is_over, nullptr);
  }

  /// From version 0.16 on.
  template <class Stream>
  auto process(Stream& stream, bool& is_over, long)
      -> decltype(this->process_request(stream, "", 0, "", 0, false, is_over, nullptr)) {
    return this->process_request(stream, "", 0, "", 0, false, is_over, nullptr);
  }
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SIMULATE_BOUNDED_SERVER_HPP
