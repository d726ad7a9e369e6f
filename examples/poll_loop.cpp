// SPDX-License-Identifier: MIT
//
// Several exchanges at once in one thread, driving the handshake directly: an event loop with
// poll(), whose timeout is the next timer. Nothing here blocks; epoll works the same way.
//
//     g++ -std=c++17 -I ../include poll_loop.cpp -o poll_loop
//     ./poll_loop
//
// With a simulated agent: arc-identity simulate -- ./poll_loop '{key-directory}'

#include <arc_identity/core.hpp>
#include <arc_identity/system/client.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

using arc_identity::io_result;
using arc_identity::io_status;
using arc_identity::need;
using clock_type = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto never = clock_type::time_point::max();

/// A TCP socket that never blocks: each call does as much as is possible now.
class tcp_socket {
 public:
  tcp_socket() = default;
  tcp_socket(const tcp_socket&) = delete;
  tcp_socket& operator=(const tcp_socket&) = delete;
  ~tcp_socket() { close(); }

  int handle() const { return handle_; }
  void close() {
    if (handle_ >= 0) ::close(handle_);
    handle_ = -1;
    is_connecting_ = false;
  }

  /// Call it again when the socket is writable.
  io_result connect(const arc_identity::loopback_address& peer) {
    if (is_connecting_) return finish_connecting();
    close();
    handle_ =
        socket(peer.is_ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (handle_ < 0) return {io_status::failed, 0, errno};
    is_connecting_ = true;
    if (start_connecting(peer) == 0) return finish_connecting();
    return errno == EINPROGRESS ? io_result{io_status::again} : refused_or_failed(errno);
  }

  io_result send(arc_identity::const_buffer bytes) {
    return outcome(::send(handle_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
  }
  io_result receive(arc_identity::mutable_buffer space) {
    return outcome(recv(handle_, space.data(), space.size(), 0));
  }

 private:
  int start_connecting(const arc_identity::loopback_address& peer) const {
    if (peer.is_ipv6) {
      sockaddr_in6 address{};
      address.sin6_family = AF_INET6;
      address.sin6_port = htons(peer.port);
      address.sin6_addr = in6addr_loopback;
      return ::connect(handle_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(peer.port);
    std::memcpy(&address.sin_addr, peer.ipv4, sizeof peer.ipv4);
    return ::connect(handle_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }

  /// Call it when the socket is writable: it is connected then, or has failed.
  io_result finish_connecting() {
    pollfd ready{handle_, POLLOUT, 0};
    if (poll(&ready, 1, 0) <= 0) return {io_status::again};
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(handle_, SOL_SOCKET, SO_ERROR, &error, &size);
    is_connecting_ = false;
    return error == 0 ? io_result{} : refused_or_failed(error);
  }

  static io_result refused_or_failed(int error) {
    return {error == ECONNREFUSED ? io_status::refused : io_status::failed, 0, error};
  }

  static io_result outcome(ssize_t count) {
    if (count >= 0) return {io_status::ok, static_cast<std::size_t>(count)};
    if (errno == EAGAIN || errno == EINTR) return {io_status::again};
    return {errno == ECONNRESET || errno == EPIPE ? io_status::lost : io_status::failed, 0, errno};
  }

  int handle_ = -1;
  bool is_connecting_ = false;
};

/// One exchange. The handshake says what it needs, and is given the result.
class exchange {
 public:
  exchange(const arc_identity::endpoint& endpoint, arc_identity::token_request request,
           const arc_identity::options& options)
      : resource_(request.resource),
        options_(options),
        handshake_(endpoint, request, workspace_, options) {
    // The time, to recognize an expired token, and a seed, which spreads the retries of many
    // programs.
    handshake_.start_at(std::chrono::seconds(std::time(nullptr)), std::random_device{}());
  }
  exchange(const exchange&) = delete;
  exchange& operator=(const exchange&) = delete;
  ~exchange() { arc_identity::wipe(workspace_); }

  /// What to wait for: the socket, which poll() ignores if it is closed, and a time.
  pollfd socket() const {
    const short events = handshake_.next() == need::receive ? POLLIN : POLLOUT;
    return {socket_.handle(), events, 0};
  }
  clock_type::time_point wakes_at() const {
    return handshake_.next() == need::nothing ? never : std::min(timer_, end_);
  }

  /// Continues as far as possible without waiting. Called at the start, and when what it waits
  /// for has happened.
  void advance() {
    const auto now = clock_type::now();
    if (now >= end_) {
      handshake_.give_up();
    } else if (now >= timer_ && handshake_.next() == need::wait) {
      handshake_.waited();
      timer_ = now + options_.attempt_timeout;
    } else if (now >= timer_) {
      handshake_.failed(io_status::timed_out);
    }
    while (step()) {
    }
  }

  /// Prints the result; returns whether there is a token.
  bool print_result() const {
    const auto token = handshake_.result();
    if (token) {
      std::printf("%s: a token of %zu bytes\n", resource_.c_str(), token->access_token.size());
    } else {
      std::printf("%s: %s\n", resource_.c_str(), token.error().message());
    }
    return token.has_value();
  }

 private:
  /// Does one step; false if it has to wait.
  bool step() {
    io_result io;
    switch (handshake_.next()) {
      case need::connect:
        io = socket_.connect(handshake_.peer());
        if (io.status != io_status::ok) break;
        report_owner();  // It matters only under agent_check::strict.
        handshake_.connected();
        break;
      case need::send:
        if (handshake_.carries_key()) report_owner();
        if (handshake_.next() != need::send) break;
        io = socket_.send(handshake_.output());
        if (io.status == io_status::ok) handshake_.sent(io.count);
        break;
      case need::receive:
        io = socket_.receive(handshake_.input());
        if (io.status == io_status::ok) handshake_.received(io.count);
        break;
      case need::read_key:  // A small file on a local disk: this does not block.
        handshake_.key_read(key_files_.read(handshake_.key_path(), handshake_.key_space()));
        break;
      case need::wait:
        socket_.close();
        timer_ = clock_type::now() + handshake_.wait_time();
        if (timer_ >= end_) handshake_.give_up();  // The next attempt would be too late.
        return false;
      case need::nothing: socket_.close(); return false;
    }
    if (io.status == io_status::again) return false;
    if (io.status != io_status::ok) handshake_.failed(io.status, io.system_error);
    return true;
  }

  /// Reports who owns the other end, so that another user's program on the agent's port does not
  /// get the key.
  void report_owner() {
    handshake_.peer_owned_by(arc_identity::system::peer_owner(socket_.handle(), handshake_.peer(),
                                                              handshake_.key_owner()));
  }

  const std::string resource_;
  const arc_identity::options& options_;
  char workspace_[16 * 1024];
  arc_identity::handshake handshake_;
  tcp_socket socket_;
  arc_identity::system::key_file_reader key_files_;
  const clock_type::time_point end_ = clock_type::now() + options_.total_timeout;
  /// The end of the attempt, or of the wait before the next one.
  clock_type::time_point timer_ = clock_type::now() + options_.attempt_timeout;
};

/// Runs until all exchanges have ended.
void run(std::deque<exchange>& exchanges) {
  for (exchange& each : exchanges) each.advance();
  std::vector<pollfd> sockets(exchanges.size());
  for (;;) {
    auto wake = never;
    for (std::size_t i = 0; i < exchanges.size(); ++i) {
      sockets[i] = exchanges[i].socket();
      wake = std::min(wake, exchanges[i].wakes_at());
    }
    if (wake == never) return;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(wake - clock_type::now());
    poll(sockets.data(), sockets.size(), static_cast<int>(std::max(left, 0ms).count()));
    for (std::size_t i = 0; i < exchanges.size(); ++i) {
      const bool is_due = clock_type::now() >= exchanges[i].wakes_at();
      if (sockets[i].revents != 0 || is_due) exchanges[i].advance();
    }
  }
}

int main(int argc, char** argv) {
  // Your own loop must find the endpoint itself; `arc_identity::client` searches more places.
  const char* const variable = std::getenv("IDENTITY_ENDPOINT");
  const auto endpoint = arc_identity::endpoint::parse(
      variable != nullptr ? variable : arc_identity::default_endpoint_url);
  if (!endpoint) {
    std::fprintf(stderr, "%s\n", endpoint.error().message());
    return 1;
  }
  arc_identity::options options;
  if (argc > 1) options.key_directory = argv[1];

  std::deque<exchange> exchanges;
  for (const char* const resource :
       {"https://vault.azure.net", "https://storage.azure.com", "https://monitor.azure.com"}) {
    exchanges.emplace_back(*endpoint, resource, options);
  }
  run(exchanges);
  int exit_code = 0;
  for (const exchange& each : exchanges) {
    if (!each.print_result()) exit_code = 1;
  }
  return exit_code;
}
