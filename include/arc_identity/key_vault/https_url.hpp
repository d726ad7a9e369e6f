// SPDX-License-Identifier: MIT
/// URLs of vaults and of the resources that tokens are for (RFC 3986): https, a DNS name, perhaps a
/// port. Also decides which host lies under which domain.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/detail/cursor.hpp>
#include <arc_identity/core/error.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// The parts of a URL, as views into its text.
struct https_url {
  std::string_view host{};
  std::uint16_t port = 443;
  std::string_view target{};  ///< Path, query and fragment; may be empty.

  constexpr bool has_path() const noexcept { return !target.empty() && target != "/"; }
};

/// Whether `label` is a valid label of a host name (RFC 1123, 2.1).
constexpr bool is_host_label(std::string_view label) noexcept {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         all_of(label, [](char c) { return is_alpha(c) || is_digit(c) || c == '-'; });
}

constexpr bool is_host_name(std::string_view host) noexcept {
  if (host.size() > 253 || ends_with(host, ".")) return false;
  do {
    if (!is_host_label(take_until(host, '.'))) return false;
  } while (!host.empty());
  return true;
}

/// Splits `text` into the parts in `url`. Returns why it is invalid, or null.
constexpr static_text parse_https_url(std::string_view text, https_url& url) noexcept {
  constexpr std::string_view scheme = "https://";
  if (!equals_ignoring_case(text.substr(0, scheme.size()), scheme)) {
    return "the URL does not begin with https://";
  }
  if (!all_of(text, is_visible)) {
    return "the URL contains white space, a control character or a non-ASCII character";
  }
  text.remove_prefix(scheme.size());
  const std::size_t authority_size = text.substr(0, text.find_first_of("/?#")).size();
  const std::string_view authority = text.substr(0, authority_size);
  if (authority.find('@') != std::string_view::npos) return "the URL contains user info";
  url.target = text.substr(authority_size);
  const std::size_t colon = authority.find(':');
  url.host = authority.substr(0, colon);
  if (!is_host_name(url.host)) return "the URL's host is not a DNS name";
  url.port = 443;
  if (colon == std::string_view::npos) return nullptr;
  cursor digits(authority.substr(colon + 1));
  std::uint32_t port = 0;
  if (!digits.take_number(port) || !digits.empty() || port - 1 > 65534) {
    return "the URL's port is not a number from 1 to 65535";
  }
  url.port = static_cast<std::uint16_t>(port);
  return nullptr;
}

/// Whether `host` has labels before those of `domain`: `x.vault.azure.net` lies under
/// `vault.azure.net`; `evilvault.azure.net` does not, nor does the domain itself.
constexpr bool lies_under(std::string_view host, std::string_view domain) noexcept {
  if (host.size() <= domain.size() + 1) return false;
  const std::size_t dot = host.size() - domain.size() - 1;
  return host[dot] == '.' && equals_ignoring_case(host.substr(dot + 1), domain);
}

}  // namespace detail
ARC_IDENTITY_END
