// SPDX-License-Identifier: MIT
/// The URL of the agent's identity service, taken apart: where to connect and what to ask for.
/// Only plain http on this machine's loopback interface is an endpoint; no name is ever resolved.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/detail/cursor.hpp>
#include <arc_identity/core/detail/reason.hpp>
#include <arc_identity/core/result.hpp>

ARC_IDENTITY_BEGIN

/// The agent's endpoint, unless the environment names another.
inline constexpr std::string_view default_endpoint_url =
    "http://localhost:40342/metadata/identity/oauth2/token";

namespace detail {

/// The part of an invalid endpoint URL that may be shown: user info (RFC 3986, 3.2.1) can be a
/// password, wherever it ends. Starts at the last '@', or is the whole URL if it has none.
inline std::string_view without_user_info(std::string_view url) noexcept {
  std::size_t at = url.size();
  while (at > 0 && url[at - 1] != '@') --at;
  return at == 0 ? url : after(url, at - 1);
}

}  // namespace detail

/// An address of the loopback interface and a TCP port to connect to.
struct loopback_address {
  bool is_ipv6 = false;                   ///< ::1; then `ipv4` has no meaning.
  std::uint8_t ipv4[4] = {127, 0, 0, 1};  ///< In network order.
  std::uint16_t port = 0;                 ///< In the host's byte order.
};

/// A checked endpoint. Its views point into the URL it was parsed from, which must outlive it.
class endpoint {
 public:
  /// Parses `url` (RFC 3986, 3). If it has no path, or "/", the agent's default path is used.
  /// Errors: `invalid_endpoint` for everything but `http://` + `localhost`, an address of
  /// 127.0.0.0/8 or `[::1]` + a port of 1 to 65535 (default 80) + a path.
  static result<endpoint> parse(std::string_view url) noexcept {
    endpoint parsed;
    const detail::reason rejection = parsed.assign(url);
    if (rejection != detail::reason::none)
      return detail::violation(rejection, detail::without_user_info(url));
    return parsed;
  }

  /// As `parse`, into this endpoint: `none`, or what is wrong with `url`. `path`, unless empty,
  /// replaces that of the URL.
  detail::reason assign(std::string_view url, std::string_view path = {}) noexcept {
    using detail::reason;
    *this = {};
    detail::cursor rest(url);
    if (!rest.is_visible()) return reason::endpoint_not_visible;
    for (const char* c = "http://"; *c != '\0'; ++c, ++rest.at) {
      if (rest.empty() || detail::to_lower(*rest.at) != *c) return reason::endpoint_not_http;
    }
    rest.take_until("/?#\\@", authority_);
    if (rest.is_at('@')) return reason::endpoint_user_info;
    path_ = rest;
    detail::cursor host = authority_;
    if (!take_host(host)) return reason::endpoint_not_loopback;
    std::uint32_t port = 80;
    if (!host.empty() && (!host.skip(':') || !host.take_number(port) || !host.empty())) port = 0;
    if (port - 1 > 65534) return reason::endpoint_port;
    address_.port = static_cast<std::uint16_t>(port);
    if (!path_.all_of(is_path_char)) return reason::endpoint_path;
    if (path_.size() <= 1) path_ = detail::cursor(default_path);
    if (!path.empty()) path_ = detail::cursor(path);
    return reason::none;
  }

  /// The number of addresses to try in turn: two for `localhost`, otherwise one.
  std::size_t address_count() const noexcept { return is_localhost_ ? 2 : 1; }

  /// The `index`-th address to try, from 0. `localhost` is 127.0.0.1, then ::1.
  loopback_address address(std::size_t index) const noexcept {
    loopback_address address = address_;
    if (index > 0) address.is_ipv6 = true;
    return address;
  }

  /// Host and port as the URL has them, for the `Host` field.
  std::string_view authority() const noexcept { return authority_.view(); }
  /// The path, from its first slash; never empty.
  std::string_view path() const noexcept { return path_.view(); }

 private:
  /// localhost, [::1] or an address of 127.0.0.0/8.
  bool take_host(detail::cursor& rest) noexcept {
    detail::cursor host;
    rest.take_until(rest.is_at('[') ? "]" : ":", host);
    if (rest.skip(']')) ++host.end;
    const int index = host.index_in("localhost\0[::1]\0");
    is_localhost_ = index == 0;
    address_.is_ipv6 = index == 1;
    return index >= 0 || take_ipv4(host);
  }

  /// Four decimal numbers without leading zeros (which some read as octal), the first is 127.
  bool take_ipv4(detail::cursor& host) noexcept {
    for (std::uint8_t& byte : address_.ipv4) {
      const char* const digits = host.at;
      std::uint32_t number = 0;
      if (!host.take_number(number) || number > 255) return false;
      if (*digits == '0' && host.at - digits > 1) return false;
      byte = static_cast<std::uint8_t>(number);
      if (&byte != address_.ipv4 + 3 && !host.skip('.')) return false;
    }
    return host.empty() && address_.ipv4[0] == 127;
  }

  static constexpr std::string_view default_path = "/metadata/identity/oauth2/token";

  /// pchar and '/' (RFC 3986, 3.3).
  static constexpr detail::char_set path_chars{"-._~/%!$&'()*+,;=:@"};
  static bool is_path_char(char c) noexcept { return path_chars.contains(c); }

  loopback_address address_{};
  bool is_localhost_ = false;
  detail::cursor authority_{};
  detail::cursor path_{};
};

ARC_IDENTITY_END
