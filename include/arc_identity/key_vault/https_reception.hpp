// SPDX-License-Identifier: MIT
/// Collects the parts of a response for an Https policy.
#pragma once

#include <cstddef>
#include <string_view>

#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/key_vault/https.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// `keep_...` returns false if the exchange must end.
struct https_reception {
  https_response& response;
  std::size_t max_body_bytes = 0;

  /// One line of a header. A status line discards what was kept: the previous header was that of an
  /// interim response or of a proxy.
  bool keep_field(std::string_view line) {
    constexpr std::size_t longest = 4096;  // The limit for a field that is kept.
    if (starts_with(line, "HTTP/")) {
      response.www_authenticate.clear();
      response.retry_after.clear();
      return true;
    }
    std::string_view value = line;
    const std::string_view name = take_until(value, ':');
    while (!value.empty() && (value.back() == '\r' || value.back() == '\n')) value.remove_suffix(1);
    value = trim(value);
    if (equals_ignoring_case(name, "Retry-After")) {
      response.retry_after = value.substr(0, longest);
    } else if (equals_ignoring_case(name, "WWW-Authenticate") &&
               response.www_authenticate.size() + value.size() < longest) {
      if (!response.www_authenticate.empty()) response.www_authenticate += ", ";
      response.www_authenticate += value;
    }
    return true;
  }

  bool keep_body(std::string_view bytes) {
    if (bytes.size() > max_body_bytes - response.body.size()) {
      response.status = https_status::too_large;
      return false;
    }
    response.body.append(bytes);
    return true;
  }
};

}  // namespace detail
ARC_IDENTITY_END
