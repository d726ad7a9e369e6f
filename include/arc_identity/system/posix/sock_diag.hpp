// SPDX-License-Identifier: MIT
/// Asks the Linux kernel about one TCP socket of the loopback interface (sock_diag(7)). No
/// privilege is needed, and the number of other sockets does not matter: the kernel looks the
/// socket up by its addresses. The structures are those of <linux/inet_diag.h>, which not every C
/// library provides; tests/system/agent_check_test.cpp compares them.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arc_identity/core/detail/config.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// States of a TCP socket (<netinet/tcp.h>).
enum class tcp_state : std::uint8_t {
  established = 1,
  syn_received = 3,  ///< The handshake is not complete; it cannot be accepted yet.
  close_wait = 8,
  listening = 10,
};

/// The kernel's answer about a socket.
struct diag_answer {
  int error = 0;  ///< errno; 0 if the socket exists. The rest then describes it.
  tcp_state state{};
  std::uint32_t inode = 0;  ///< 0: no process has the socket (not accepted yet, or closed).
  std::uint32_t user = 0;   ///< The owner's id. Older kernels report 0 if `inode` is 0.
};

/// One end of a TCP connection and the other; ports and addresses in network order.
struct diag_id {
  std::uint16_t local_port;
  std::uint16_t remote_port;
  std::uint32_t local_address[4];
  std::uint32_t remote_address[4];
  std::uint32_t interface;
  std::uint32_t cookie[2];
};

/// nlmsghdr
struct netlink_head {
  std::uint32_t length;
  std::uint16_t type;
  std::uint16_t flags;
  std::uint32_t sequence;
  std::uint32_t port;
};

/// nlmsghdr and inet_diag_req_v2
struct diag_request {
  netlink_head head;
  std::uint8_t family;
  std::uint8_t protocol;
  std::uint8_t extensions;
  std::uint8_t padding;
  std::uint32_t states;
  diag_id id;
};

/// nlmsghdr and inet_diag_msg. In an error message, a negative errno is in place of `family`
/// (nlmsgerr).
struct diag_reply {
  netlink_head head;
  std::uint8_t family;
  std::uint8_t state;
  std::uint8_t timer;
  std::uint8_t retransmits;
  diag_id id;
  std::uint32_t expires;
  std::uint32_t receive_queue;
  std::uint32_t send_queue;
  std::uint32_t user;
  std::uint32_t inode;
};

/// An address of the loopback interface, as bind(2) takes it.
union loopback_name {
  sockaddr_in6 ipv6{};
  sockaddr_in ipv4;
  sockaddr any;
};

/// A netlink socket that answers for the sockets of this process's network namespace.
class sock_diag {
 public:
  sock_diag() noexcept
      : socket_(::socket(family_netlink, SOCK_RAW | SOCK_CLOEXEC, protocol_sock_diag)),
        error_(socket_ < 0 ? errno : 0) {}
  ~sock_diag() {
    if (socket_ >= 0) ::close(socket_);
  }
  sock_diag(const sock_diag&) = delete;
  sock_diag& operator=(const sock_diag&) = delete;

  /// Looks up the socket at `local` that is connected to `remote` or, if there is none, the socket
  /// that listens for such a connection. Both addresses must be of the same family. ENOENT if there
  /// is no such socket.
  diag_answer ask(const loopback_name& local, const loopback_name& remote) const noexcept {
    if (error_ != 0) return {error_};
    diag_request request{};
    request.head = {sizeof request, type_by_family, flag_request, sequence, 0};
    request.family = static_cast<std::uint8_t>(local.any.sa_family);
    request.protocol = IPPROTO_TCP;
    request.states = ~std::uint32_t{0};
    request.id.local_port = port_of(local);
    request.id.remote_port = port_of(remote);
    write_address(local, request.id.local_address);
    write_address(remote, request.id.remote_address);
    // Without this, a socket that is bound to the interface would not be found.
    request.id.interface = loopback_interface;
    request.id.cookie[0] = request.id.cookie[1] = no_cookie;
    if (::send(socket_, &request, sizeof request, 0) < 0) return {errno};
    return receive();
  }

 private:
  static constexpr int family_netlink = 16;            // AF_NETLINK
  static constexpr int protocol_sock_diag = 4;         // NETLINK_SOCK_DIAG
  static constexpr std::uint16_t type_error = 2;       // NLMSG_ERROR
  static constexpr std::uint16_t type_by_family = 20;  // SOCK_DIAG_BY_FAMILY
  static constexpr std::uint16_t flag_request = 1;     // NLM_F_REQUEST
  static constexpr std::uint32_t sequence = 1;
  static constexpr std::uint32_t loopback_interface = 1;  // The same in each network namespace.
  static constexpr std::uint32_t no_cookie = ~std::uint32_t{0};  // INET_DIAG_NOCOOKIE

  /// sockaddr_nl
  struct netlink_name {
    std::uint16_t family;
    std::uint16_t padding;
    std::uint32_t port;
    std::uint32_t groups;
  };

  /// The kernel answers before send(2) returns, so this does not wait.
  diag_answer receive() const noexcept {
    diag_reply reply{};
    netlink_name from{};
    socklen_t from_size = sizeof from;
    const ssize_t count = ::recvfrom(socket_, &reply, sizeof reply, MSG_DONTWAIT,
                                     reinterpret_cast<sockaddr*>(&from), &from_size);
    if (count < 0) return {errno};
    const auto size = static_cast<std::size_t>(count);
    constexpr std::size_t error_end = sizeof(netlink_head) + sizeof(std::int32_t);
    if (size < error_end || from.port != 0 || reply.head.sequence != sequence) return {EPROTO};
    if (reply.head.type == type_error) {
      std::int32_t code = 0;
      std::memcpy(&code, &reply.family, sizeof code);
      return {code < 0 ? -code : EPROTO};
    }
    if (reply.head.type != type_by_family || size < sizeof reply) return {EPROTO};
    return {0, static_cast<tcp_state>(reply.state), reply.inode, reply.user};
  }

  static std::uint16_t port_of(const loopback_name& name) noexcept {
    return name.any.sa_family == AF_INET6 ? name.ipv6.sin6_port : name.ipv4.sin_port;
  }

  static void write_address(const loopback_name& name, std::uint32_t (&to)[4]) noexcept {
    if (name.any.sa_family == AF_INET6) {
      std::memcpy(to, &name.ipv6.sin6_addr, sizeof name.ipv6.sin6_addr);
    } else {
      std::memcpy(to, &name.ipv4.sin_addr, sizeof name.ipv4.sin_addr);
    }
  }

  const int socket_;
  const int error_;
};

}  // namespace detail
ARC_IDENTITY_END
