// SPDX-License-Identifier: MIT
/// The policies of a client for firmware with lwIP's sockets. Copy this file and adapt it to your
/// board: how key files are read, and the wall clock if there is one.
///
///     static char workspace[16 * 1024];
///     firmware::client client;
///     const auto token = client.get_token({"https://monitor.azure.com"}, workspace);
///     ...
///     arc_identity::wipe(workspace);  // When the token is no longer needed.
///
/// Needs lwIP with LWIP_SOCKET and LWIP_SOCKET_SELECT or LWIP_SOCKET_POLL, but no heap, no
/// exceptions and no RTTI.
#pragma once

#include <chrono>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <lwip/sockets.h>
#include <lwip/sys.h>

#include <arc_identity/core.hpp>

/// For you to implement: reads a key file, as `arc_identity/core/policies.hpp` requires of a
/// KeyFileReader. Returns the number of bytes in `space`, or minus ENOENT, EACCES or another errno.
extern "C" int board_read_file(const char* path, char* space, std::size_t size);

namespace firmware {

using arc_identity::io_result;
using arc_identity::io_status;
using std::chrono::milliseconds;

class lwip_transport {
 public:
  lwip_transport() = default;
  lwip_transport(const lwip_transport&) {}  // a copy has no connection
  lwip_transport& operator=(const lwip_transport&) = delete;
  ~lwip_transport() { close(); }

  io_result connect(const arc_identity::loopback_address& peer, milliseconds timeout) {
    close();
    if (peer.is_ipv6) return {io_status::failed, 0, EAFNOSUPPORT};
    socket_ = lwip_socket(AF_INET, SOCK_STREAM, 0);
    if (socket_ < 0 || lwip_fcntl(socket_, F_SETFL, O_NONBLOCK) != 0) {
      return {io_status::failed, 0, errno};
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(peer.port);
    std::memcpy(&address.sin_addr, peer.ipv4, sizeof peer.ipv4);
    if (lwip_connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
        errno != EINPROGRESS) {
      return {io_status::failed, 0, errno};
    }
    if (!wait(POLLOUT, timeout)) return {io_status::timed_out};
    int error = 0;
    socklen_t size = sizeof error;
    lwip_getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error == 0) return {};
    // lwIP also reports a refused connection as a reset.
    return {error == ECONNRESET ? io_status::refused : io_status::failed, 0, error};
  }

  io_result send(arc_identity::const_buffer bytes, milliseconds timeout) {
    if (!wait(POLLOUT, timeout)) return {io_status::timed_out};
    return outcome(lwip_send(socket_, bytes.data(), bytes.size(), 0));
  }

  io_result receive(arc_identity::mutable_buffer space, milliseconds timeout) {
    if (!wait(POLLIN, timeout)) return {io_status::timed_out};
    return outcome(lwip_recv(socket_, space.data(), space.size(), 0));
  }

  void close() {
    if (socket_ >= 0) lwip_close(socket_);
    socket_ = -1;
  }

 private:
  /// Waits until the socket is ready or has failed, which the next call reports.
  bool wait(short events, milliseconds timeout) const {
    constexpr milliseconds longest{INT_MAX};
    pollfd entry{socket_, events, 0};
    return lwip_poll(&entry, 1, static_cast<int>((timeout < longest ? timeout : longest).count()));
  }

  static io_result outcome(ssize_t count) {
    if (count >= 0) return {io_status::ok, static_cast<std::size_t>(count)};
    switch (errno) {
      case EWOULDBLOCK: return {io_status::again};
      case ECONNABORTED:
      case ECONNRESET:
      case ENOTCONN: return {io_status::lost, 0, errno};
      default: return {io_status::failed, 0, errno};
    }
  }

  int socket_ = -1;
};

class lwip_clock {
 public:
  /// sys_now() wraps after 49 days. This does not, if it is called at least that often.
  milliseconds now() {
    const std::uint32_t ticks = sys_now();
    time_ += milliseconds(ticks - last_ticks_);
    last_ticks_ = ticks;
    return time_;
  }

  /// 0 means that there is no wall clock. With one, for example from SNTP, expired tokens are
  /// recognized.
  std::chrono::seconds unix_time() { return std::chrono::seconds(0); }

  void sleep_for(milliseconds time) { sys_msleep(static_cast<std::uint32_t>(time.count())); }

 private:
  std::uint32_t last_ticks_ = 0;
  milliseconds time_{0};
};

struct board_key_file_reader {
  arc_identity::key_file_result read(const char* path, arc_identity::mutable_buffer space) {
    using arc_identity::key_file_status;
    const int count = board_read_file(path, space.data(), space.size());
    if (count >= 0) return {key_file_status::ok, static_cast<std::size_t>(count)};
    switch (-count) {
      case ENOENT: return {key_file_status::not_found, 0, ENOENT};
      case EACCES: return {key_file_status::denied, 0, EACCES};
      default: return {key_file_status::failed, 0, -count};
    }
  }
};

using client = arc_identity::basic_client<lwip_transport, lwip_clock, board_key_file_reader>;

}  // namespace firmware
