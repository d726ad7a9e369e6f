// SPDX-License-Identifier: MIT
/// The Transport policy on POSIX, over a TCP socket. The kernel keeps the deadlines (SO_SNDTIMEO,
/// SO_RCVTIMEO), so that an exchange needs no separate call to wait. It raises no SIGPIPE, and
/// child processes do not inherit the socket.
#pragma once

#include <cerrno>
#include <chrono>
#include <cstddef>

#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/endpoint.hpp>
#include <arc_identity/core/policies.hpp>
#include <arc_identity/system/posix/file.hpp>
#include <arc_identity/system/posix/peer_owner.hpp>

ARC_IDENTITY_BEGIN
namespace system {

/// A blocking TCP socket with timeouts.
class socket_transport {
 public:
  socket_transport() noexcept = default;
  /// A copy starts without a connection.
  socket_transport(const socket_transport&) noexcept {}
  socket_transport& operator=(const socket_transport&) = delete;
  ~socket_transport() { close(); }

  /// See core/policies.hpp.
  io_result connect(const loopback_address& peer, std::chrono::milliseconds timeout) noexcept {
    close();
    detail::loopback_name name;
    const socklen_t size = detail::write_name(peer, name);
    socket_ = ::socket(name.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0) return failed_or_busy(errno);
    send_timeout_ = receive_timeout_ = std::chrono::milliseconds(0);
    if (!set_timeout(SO_SNDTIMEO, send_timeout_, timeout) ||
        !set_timeout(SO_RCVTIMEO, receive_timeout_, timeout)) {
      return {io_status::failed, 0, errno};
    }
    if (::connect(socket_, &name.any, size) != 0) return failure(errno);
    return {};
  }

  /// See core/policies.hpp.
  io_result send(const_buffer bytes, std::chrono::milliseconds timeout) noexcept {
    if (!set_timeout(SO_SNDTIMEO, send_timeout_, timeout)) return {io_status::failed, 0, errno};
    return outcome(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
  }

  /// See core/policies.hpp.
  io_result receive(mutable_buffer space, std::chrono::milliseconds timeout) noexcept {
    if (!set_timeout(SO_RCVTIMEO, receive_timeout_, timeout)) {
      return {io_status::failed, 0, errno};
    }
    return outcome(::recv(socket_, space.data(), space.size(), 0));
  }

  /// See core/policies.hpp and peer_owner.hpp.
  peer_owner_result peer_owner(const loopback_address& peer,
                               const file_owner& key_file) const noexcept {
    return system::peer_owner(socket_, peer, key_file);
  }

  /// See core/policies.hpp.
  void close() noexcept {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

 private:
  /// Sets the kernel's timeout unless the current one is close enough: longer by at most an eighth
  /// of `timeout` and at most 100 ms. This saves a system call for calls that follow each other
  /// quickly.
  bool set_timeout(int option, std::chrono::milliseconds& current,
                   std::chrono::milliseconds timeout) const noexcept {
    constexpr std::chrono::milliseconds longest_excess{100};
    const std::chrono::milliseconds excess = current - timeout;
    if (excess.count() >= 0 && excess <= longest_excess && excess <= timeout / 8) return true;
    current = timeout;
    timeval time{};
    time.tv_sec = static_cast<decltype(time.tv_sec)>(timeout.count() / 1000);
    time.tv_usec = static_cast<decltype(time.tv_usec)>(timeout.count() % 1000 * 1000);
    return ::setsockopt(socket_, SOL_SOCKET, option, &time, sizeof time) == 0;
  }

  static io_result outcome(ssize_t count) noexcept {
    if (count < 0) return failure(errno);
    return {io_status::ok, static_cast<std::size_t>(count), 0};
  }

  static io_result failure(int error) noexcept {
    switch (error) {
      case EINTR: return {io_status::again, 0, error};
      case ECONNREFUSED: return {io_status::refused, 0, error};
      case EPIPE:
      case ECONNRESET: return {io_status::lost, 0, error};
      case EAGAIN:
#if EWOULDBLOCK != EAGAIN
      case EWOULDBLOCK:
#endif
      case EINPROGRESS:
      case ETIMEDOUT: return {io_status::timed_out, 0, 0};
      default: return failed_or_busy(error);
    }
  }

  static io_result failed_or_busy(int error) noexcept {
    return {detail::is_shortage(error) ? io_status::busy : io_status::failed, 0, error};
  }

  int socket_ = -1;
  std::chrono::milliseconds send_timeout_{0};
  std::chrono::milliseconds receive_timeout_{0};
};

}  // namespace system
ARC_IDENTITY_END
