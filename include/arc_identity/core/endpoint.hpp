// SPDX-License-Identifier: MIT
/// The URL of the agent's identity service, taken apart: where to connect and what to ask for.
/// Only plain http on this machine's loopback interface is an endpoint; no name is ever resolved.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/result.hpp>

ARC_IDENTITY_BEGIN

/// The agent's own endpoint, unless its environment says otherwise.
inline constexpr std::string_view default_endpoint_url =
    "http://localhost:40342/metadata/identity/oauth2/token";

namespace detail {

/// What may be shown of a URL that is no endpoint: user info (RFC 3986, 3.2.1) can be a password,
/// wherever it ends. From its last '@' on; all where there is none.
constexpr std::string_view without_user_info(std::string_view url) noexcept {
  std::size_t at = url.size();
  while (at > 0 && url[at - 1] != '@') --at;
  return at == 0 ? url : after(url, at - 1);
}

}  // namespace detail

/// Where to connect: an address of the loopback interface and a TCP port.
struct loopback_address {
  bool is_ipv6 = false;                   ///< ::1; then `ipv4` has no meaning.
  std::uint8_t ipv4[4] = {127, 0, 0, 1};  ///< In network order.
  std::uint16_t port = 0;                 ///< In the host's byte order.
};

/// A checked endpoint. Its views point into the URL that it was made of, which must outlive it.
class endpoint {
 public:
  /// Takes `url` apart (RFC 3986, 3). Without a path, or with "/", the agent's own path holds.
  /// Errors: `invalid_endpoint` for everything but `http://` + `localhost`, an address of
  /// 127.0.0.0/8 or `[::1]` + a port of 1 to 65535 (80 where there is none) + a path.
  static result<endpoint> parse(std::string_view url) noexcept {
    endpoint parsed;
    const detail::objection objection = parsed.assign(url);
    if (objection != nullptr) {
      return detail::failure{errc::invalid_endpoint, objection, detail::without_user_info(url)};
    }
    return parsed;
  }

  /// As `parse`, into this endpoint: null, or what is wrong with `url`.
  detail::objection assign(std::string_view url) noexcept {
    if (!detail::all_of(url, detail::is_visible)) {
      return "the endpoint is not all visible ASCII";
    }
    if (!detail::equals_ignoring_case(detail::first(url, 7), "http://")) {
      return "the endpoint does not begin with http://";
    }
    url = detail::after(url, 7);
    std::size_t end = 0;
    while (end < url.size() && !detail::contains("/?#\\", url[end])) ++end;
    authority_ = detail::first(url, end);
    path_ = detail::after(url, authority_.size());
    const detail::objection objection = assign_authority();
    return objection != nullptr ? objection : check_path();
  }

  /// How many addresses there are to try in turn: two for `localhost`, else one.
  std::size_t address_count() const noexcept { return is_localhost_ ? 2 : 1; }

  /// The address to try as the `index`-th, from 0. `localhost` is 127.0.0.1, then ::1.
  loopback_address address(std::size_t index) const noexcept {
    loopback_address address = address_;
    if (index > 0) address.is_ipv6 = true;
    return address;
  }

  /// Host and port as the URL has them, for the `Host` field.
  std::string_view authority() const noexcept { return authority_; }
  /// The path, from its first slash; never empty.
  std::string_view path() const noexcept { return path_; }

 private:
  detail::objection assign_authority() noexcept {
    address_ = {};
    if (detail::contains(authority_, '@')) return "the endpoint holds user info";
    const std::size_t brackets = detail::starts_with(authority_, "[") ? 1 : 0;
    const std::size_t host_end = detail::find(authority_, brackets != 0 ? ']' : ':') + brackets;
    const std::string_view host = detail::first(authority_, host_end);
    const std::string_view port = detail::after(authority_, host.size());
    is_localhost_ = detail::equals_ignoring_case(host, "localhost");
    address_.is_ipv6 = detail::equals(host, "[::1]");
    if (!is_localhost_ && !address_.is_ipv6 && !assign_ipv4(host)) {
      return "the endpoint's host is not localhost, 127.0.0.0/8 or [::1]";
    }
    std::int64_t number = 80;
    if (!port.empty())
      number = port.front() == ':' ? detail::parse_decimal(detail::after(port, 1)) : 0;
    if (number < 1 || number > 65535) return "the endpoint's port is not from 1 to 65535";
    address_.port = static_cast<std::uint16_t>(number);
    return nullptr;
  }

  /// Four decimal numbers without leading zeros (which some would take for octal), 127 first.
  bool assign_ipv4(std::string_view host) noexcept {
    for (std::uint8_t& byte : address_.ipv4) {
      const std::string_view digits = detail::take_until(host, '.');
      const std::int64_t number = detail::parse_decimal(digits);
      if (number < 0 || number > 255) return false;
      if (digits.size() > 1 && digits.front() == '0') return false;
      byte = static_cast<std::uint8_t>(number);
    }
    return host.data() == nullptr && address_.ipv4[0] == 127;
  }

  detail::objection check_path() noexcept {
    if (!detail::all_of(path_, is_path_char)) {
      return "the endpoint holds a query, a fragment or a forbidden byte";
    }
    if (path_.size() <= 1) path_ = default_path;
    return nullptr;
  }

  static constexpr std::string_view default_path = "/metadata/identity/oauth2/token";

  /// pchar and '/' (RFC 3986, 3.3).
  static constexpr detail::char_set path_chars{"-._~/%!$&'()*+,;=:@"};
  static bool is_path_char(char c) noexcept { return path_chars.contains(c); }

  loopback_address address_{};
  bool is_localhost_ = false;
  std::string_view authority_{};
  std::string_view path_{};
};

ARC_IDENTITY_END
