// SPDX-License-Identifier: MIT
/// The Transport policy on Windows, over a Winsock TCP socket. The socket does not block: each call
/// waits in select() until its deadline. SO_RCVTIMEO would add up to half a second, and connect()
/// ignores both timeouts. Child processes do not inherit the socket. Windows does not report who
/// owns the other end (`options::agent_check`).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/endpoint.hpp>
#include <arc_identity/core/policies.hpp>
#include <arc_identity/system/windows/winsock.hpp>
#include <arc_identity/system/windows/ws2_32.hpp>

ARC_IDENTITY_BEGIN
namespace system {

class socket_transport {
 public:
  socket_transport() noexcept = default;
  /// A copy starts without a connection.
  socket_transport(const socket_transport&) noexcept {}
  socket_transport& operator=(const socket_transport&) = delete;
  ~socket_transport() { close(); }

  io_result connect(const loopback_address& peer, std::chrono::milliseconds timeout) noexcept {
    using namespace detail::win32;
    close();
    const int problem = winsock_.start();
    if (problem != 0) return {io_status::failed, 0, problem};
    socket_ = WSASocketW(peer.is_ipv6 ? af_inet6 : af_inet, sock_stream, ipproto_tcp, nullptr, 0,
                         wsa_flag_overlapped | wsa_flag_no_handle_inherit);
    unsigned long yes = 1;
    if (socket_ == invalid_socket || ioctlsocket(socket_, fionbio, &yes) != 0) {
      return failure(WSAGetLastError());
    }
    be_told_soon();
    if ((peer.is_ipv6 ? connect_ipv6(peer) : connect_ipv4(peer)) == 0) return {};
    const int error = WSAGetLastError();
    return error == wsaewouldblock ? finish_connecting(timeout) : failure(error);
  }

  io_result send(const_buffer bytes, std::chrono::milliseconds timeout) noexcept {
    return transfer(direction::out, timeout, [&]() noexcept {
      return detail::win32::send(socket_, bytes.data(), as_int(bytes.size()), 0);
    });
  }

  io_result receive(mutable_buffer space, std::chrono::milliseconds timeout) noexcept {
    return transfer(direction::in, timeout, [&]() noexcept {
      return detail::win32::recv(socket_, space.data(), as_int(space.size()), 0);
    });
  }

  void close() noexcept {
    if (socket_ != detail::win32::invalid_socket) detail::win32::closesocket(socket_);
    socket_ = detail::win32::invalid_socket;
  }

 private:
  enum class direction : std::uint8_t { in, out };

  /// If nothing is listening, Windows retries for two seconds; this limits it to one retry, the
  /// least that all versions accept. Versions before Windows 8 do not support it, which is
  /// harmless.
  void be_told_soon() const noexcept {
    using namespace detail::win32;
    tcp_initial_rto_parameters parameters{unspecified_rtt, 1};
    dword ignored = 0;
    WSAIoctl(socket_, sio_tcp_initial_rto, &parameters, sizeof parameters, nullptr, 0, &ignored,
             nullptr, nullptr);
  }

  int connect_ipv4(const loopback_address& peer) const noexcept {
    detail::win32::ipv4_socket_address address{};
    address.family = detail::win32::af_inet;
    write_port(peer.port, address.port);
    std::memcpy(address.address, peer.ipv4, sizeof peer.ipv4);
    return detail::win32::connect(socket_, reinterpret_cast<const sockaddr*>(&address),
                                  sizeof address);
  }

  int connect_ipv6(const loopback_address& peer) const noexcept {
    detail::win32::ipv6_socket_address address{};
    address.family = detail::win32::af_inet6;
    write_port(peer.port, address.port);
    address.address[15] = 1;
    return detail::win32::connect(socket_, reinterpret_cast<const sockaddr*>(&address),
                                  sizeof address);
  }

  static void write_port(std::uint16_t port, std::uint8_t (&bytes)[2]) noexcept {
    bytes[0] = static_cast<std::uint8_t>(port >> 8);
    bytes[1] = static_cast<std::uint8_t>(port & 0xff);
  }

  io_result finish_connecting(std::chrono::milliseconds timeout) const noexcept {
    using namespace detail::win32;
    const io_result ready = wait(direction::out, timeout);
    if (ready.status != io_status::ok) return ready;
    int error = 0;
    int size = sizeof error;
    if (getsockopt(socket_, sol_socket, so_error, reinterpret_cast<char*>(&error), &size) != 0) {
      error = WSAGetLastError();
    }
    return error == 0 ? io_result{} : failure(error);
  }

  /// Does `operation` now, or as soon as possible.
  template <class Operation>
  io_result transfer(direction where, std::chrono::milliseconds timeout,
                     Operation operation) const noexcept {
    using namespace detail::win32;
    int count = operation();
    if (count < 0 && WSAGetLastError() == wsaewouldblock) {
      const io_result ready = wait(where, timeout);
      if (ready.status != io_status::ok) return ready;
      count = operation();
    }
    if (count < 0) return failure(WSAGetLastError());
    return {io_status::ok, static_cast<std::size_t>(count), 0};
  }

  /// Waits until the socket can send or receive, or until a connection is made or fails.
  io_result wait(direction where, std::chrono::milliseconds timeout) const noexcept {
    using namespace detail::win32;
    socket_set ready{1, socket_};
    socket_set failed{1, socket_};
    time_value time{static_cast<long>(timeout.count() / 1000),
                    static_cast<long>(timeout.count() % 1000 * 1000)};
    fd_set* const set = reinterpret_cast<fd_set*>(&ready);
    const int count =
        select(0, where == direction::in ? set : nullptr, where == direction::out ? set : nullptr,
               reinterpret_cast<fd_set*>(&failed), reinterpret_cast<timeval*>(&time));
    if (count < 0) return failure(WSAGetLastError());
    return {count == 0 ? io_status::timed_out : io_status::ok};
  }

  static int as_int(std::size_t size) noexcept {
    constexpr std::size_t most = 0x7fffffff;
    return static_cast<int>(size < most ? size : most);
  }

  static io_result failure(int error) noexcept {
    using namespace detail::win32;
    switch (error) {
      case wsaeintr:
      case wsaewouldblock: return {io_status::again, 0, error};
      case wsaeconnrefused: return {io_status::refused, 0, error};
      case wsaenetreset:
      case wsaeconnaborted:
      case wsaeshutdown:  // Wine's code for it: this side never shuts anything down.
      case wsaeconnreset: return {io_status::lost, 0, error};
      case wsaetimedout: return {io_status::timed_out, 0, 0};
      case wsaemfile:
      case wsaenobufs: return {io_status::busy, 0, error};
      default: return {io_status::failed, 0, error};
    }
  }

  detail::winsock winsock_{};
  detail::win32::socket_handle socket_ = detail::win32::invalid_socket;
};

}  // namespace system
ARC_IDENTITY_END
