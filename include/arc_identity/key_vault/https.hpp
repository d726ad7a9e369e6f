// SPDX-License-Identifier: MIT
/// What an Https policy must do for a key vault: one GET over TLS, with the server verified to be
/// the one in the URL. key_vault/curl.hpp has one on libcurl, key_vault/winhttp.hpp one on WinHTTP.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/key_vault/secret_text.hpp>

ARC_IDENTITY_BEGIN

/// How an exchange over HTTPS ended.
enum class https_status : std::uint8_t {
  ok,            ///< A complete response came, with any status.
  unreachable,   ///< No connection: the name, a proxy, the network, the handshake.
  not_verified,  ///< The certificate is not this host's, or is not trusted here.
  lost,          ///< The connection broke before the response was complete.
  timed_out,     ///< The time given ran out.
  too_large,     ///< The body is longer than allowed.
};

/// A request that `basic_key_vault` has an Https policy send.
struct https_request {
  std::string url;  ///< https, a DNS name, perhaps a port; visible ASCII.
  /// The value of the `Authorization` field, a secret; empty: send none. It is valid during the
  /// call.
  std::string_view authorization{};
  std::chrono::milliseconds timeout{0};  ///< Positive; the longest that the call may take.
  std::size_t max_body_bytes = 0;        ///< A longer body is `too_large`.
};

/// What a key vault answers, or why it does not.
struct https_response {
  https_status status = https_status::unreachable;  ///< How it ended.
  int status_code = 0;                              ///< Of HTTP; 0 where `status` is not ok.
  std::string www_authenticate{};  ///< All fields of that name, with ", " between them.
  std::string retry_after{};       ///< The field of that name; empty where there is none.
  secret_text body{};              ///< Decoded from its transfer coding only.
  std::string reason{};            ///< If `status` is not ok: the reason. Never a secret.
};

/// Https:
///
///     https_response get(const https_request& request);
///         Sends one GET for `request.url`, with the `Authorization` field if it is not empty,
///         to the server of that URL only: no redirect is followed, a proxy gets only CONNECT.
///         Before sending, it verifies the server's certificate: its
///         chain, its dates and that it is for the URL's host.
///         ok            `status_code`, `www_authenticate`, `retry_after`, `body`
///         not_verified  nothing was sent
///         others        as `https_status` has them; `reason` may tell more
///
/// Its owner calls one method at a time. It keeps only connections from one call to the next.
namespace detail {

template <class Policy, class = void>
struct has_get : std::false_type {};
template <class Policy>
struct has_get<Policy, std::void_t<decltype(std::declval<Policy&>().get(
                           std::declval<const https_request&>()))>>
    : std::is_convertible<decltype(std::declval<Policy&>().get(
                              std::declval<const https_request&>())),
                          https_response> {};

template <class Https>
struct check_https : std::true_type {
  static_assert(has_get<Https>::value,
                "the Https policy lacks: https_response get(const https_request& request)");
};

}  // namespace detail
ARC_IDENTITY_END
