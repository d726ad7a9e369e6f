// SPDX-License-Identifier: MIT

#include "serve/ip_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace arc_identity_cli {
namespace {

constexpr std::size_t ipv4_at = 12;  // of an ip_address
constexpr unsigned ipv4_bits_at = 96;

/// The number that `text` consists of, at most `most`.
std::optional<unsigned> parse_number(std::string_view text, unsigned most) {
  unsigned number = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end || number > most) return std::nullopt;
  return number;
}

ip_address from_ipv4(const void* four_bytes) {
  ip_address address;
  address.bytes[10] = address.bytes[11] = 0xff;
  std::memcpy(&address.bytes[ipv4_at], four_bytes, 4);
  return address;
}

}  // namespace

bool ip_address::is_ipv4() const {
  return std::all_of(bytes.begin(), bytes.begin() + 10, [](std::uint8_t b) { return b == 0; }) &&
         bytes[10] == 0xff && bytes[11] == 0xff;
}

bool ip_address::is_loopback() const {
  if (is_ipv4()) return bytes[ipv4_at] == 127;
  ip_address loopback;
  loopback.bytes[15] = 1;
  return bytes == loopback.bytes;
}

bool ip_address::is_any() const {
  const auto start = bytes.begin() + (is_ipv4() ? ipv4_at : 0);
  return std::all_of(start, bytes.end(), [](std::uint8_t b) { return b == 0; });
}

bool ip_network::contains(const ip_address& address) const {
  for (unsigned bit = 0; bit < bits; ++bit) {
    const unsigned mask = 0x80U >> (bit % 8);
    if (((first.bytes[bit / 8] ^ address.bytes[bit / 8]) & mask) != 0) return false;
  }
  return true;
}

std::optional<ip_address> parse_address(const std::string& text) {
  in_addr ipv4{};
  if (::inet_pton(AF_INET, text.c_str(), &ipv4) == 1) return from_ipv4(&ipv4);
  ip_address address;
  if (::inet_pton(AF_INET6, text.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

std::optional<socket_address> parse_socket_address(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  const auto port = parse_number(std::string_view(text).substr(colon + 1), 65535);
  std::string host = text.substr(0, colon);
  const bool is_bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (is_bracketed) host = host.substr(1, host.size() - 2);
  const auto ip = parse_address(host);
  const bool has_colon = host.find(':') != std::string::npos;
  if (!port || !ip || is_bracketed != has_colon) return std::nullopt;
  return socket_address{*ip, static_cast<std::uint16_t>(*port)};
}

std::optional<ip_network> parse_network(const std::string& text) {
  const std::size_t slash = text.find('/');
  const auto first = parse_address(text.substr(0, slash));
  if (!first) return std::nullopt;
  if (slash == std::string::npos) return ip_network{*first, 128};
  const unsigned start = first->is_ipv4() ? ipv4_bits_at : 0;
  const auto bits = parse_number(std::string_view(text).substr(slash + 1), 128 - start);
  if (!bits) return std::nullopt;
  return ip_network{*first, start + *bits};
}

std::string text_of(const ip_address& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.is_ipv4()) {
    ::inet_ntop(AF_INET, &address.bytes[ipv4_at], text, sizeof text);
  } else {
    ::inet_ntop(AF_INET6, address.bytes.data(), text, sizeof text);
  }
  return text;
}

std::string text_of(const socket_address& address) {
  const std::string ip = text_of(address.ip);
  return (address.ip.is_ipv4() ? ip : '[' + ip + ']') + ':' + std::to_string(address.port);
}

socklen_t to_system(const socket_address& address, sockaddr_storage& to) {
  to = {};
  if (address.ip.is_ipv4()) {
    auto& ipv4 = reinterpret_cast<sockaddr_in&>(to);
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = htons(address.port);
    std::memcpy(&ipv4.sin_addr, &address.ip.bytes[ipv4_at], 4);
    return sizeof ipv4;
  }
  auto& ipv6 = reinterpret_cast<sockaddr_in6&>(to);
  ipv6.sin6_family = AF_INET6;
  ipv6.sin6_port = htons(address.port);
  std::memcpy(&ipv6.sin6_addr, address.ip.bytes.data(), 16);
  return sizeof ipv6;
}

socket_address from_system(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    const auto& ipv4 = reinterpret_cast<const sockaddr_in&>(address);
    return {from_ipv4(&ipv4.sin_addr), ntohs(ipv4.sin_port)};
  }
  const auto& ipv6 = reinterpret_cast<const sockaddr_in6&>(address);
  socket_address made{{}, ntohs(ipv6.sin6_port)};
  std::memcpy(made.ip.bytes.data(), &ipv6.sin6_addr, 16);
  return made;
}

}  // namespace arc_identity_cli
