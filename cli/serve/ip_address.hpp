// SPDX-License-Identifier: MIT
//
// Numeric addresses and networks of IPv4 and IPv6; no name is resolved.

#ifndef ARC_IDENTITY_CLI_SERVE_IP_ADDRESS_HPP
#define ARC_IDENTITY_CLI_SERVE_IP_ADDRESS_HPP

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace arc_identity_cli {

/// An IPv4 address is stored as ::ffff:a.b.c.d (RFC 4291, 2.5.5.2).
struct ip_address {
  std::array<std::uint8_t, 16> bytes{};

  bool is_ipv4() const;
  bool is_loopback() const;
  bool is_any() const;  ///< 0.0.0.0 or ::
};

struct socket_address {
  ip_address ip;
  std::uint16_t port = 0;

  bool operator==(const socket_address& other) const {
    return ip.bytes == other.ip.bytes && port == other.port;
  }
};

struct ip_network {
  ip_address first;
  unsigned bits = 128;  ///< of the 128 of an ip_address

  bool contains(const ip_address& address) const;
};

std::optional<ip_address> parse_address(const std::string& text);
/// "127.0.0.1:8080" or "[::1]:8080".
std::optional<socket_address> parse_socket_address(const std::string& text);
/// "172.17.0.0/16", or one address.
std::optional<ip_network> parse_network(const std::string& text);

std::string text_of(const ip_address& address);
/// In the form that parse_socket_address reads.
std::string text_of(const socket_address& address);

/// Writes the address for system calls to `to`; returns its size in bytes.
socklen_t to_system(const socket_address& address, sockaddr_storage& to);
socket_address from_system(const sockaddr_storage& address);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SERVE_IP_ADDRESS_HPP
