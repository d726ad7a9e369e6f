// SPDX-License-Identifier: MIT
/// What an Https policy must do for a key vault: one GET over TLS, to a server whose certificate is
/// verified to be for the host in the URL. key_vault/curl.hpp has a policy on libcurl,
/// key_vault/winhttp.hpp one on WinHTTP.
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
  ok,            ///< A complete response arrived, with any status code.
  unreachable,   ///< No connection: the name, a proxy, the network or TLS failed.
  not_verified,  ///< The certificate is not this host's, or is not trusted here.
  lost,          ///< The connection broke before the response was complete.
  timed_out,     ///< The request's `timeout` has passed.
  too_large,     ///< The body is longer than `max_body_bytes`.
};

/// A request for an Https policy to send.
struct https_request {
  std::string url;  ///< https://, a DNS name, perhaps a port, path and query; visible ASCII.
  /// The value of the `Authorization` field, a secret; if empty, the field is not sent. Valid
  /// during the call.
  std::string_view authorization{};
  std::chrono::milliseconds timeout{0};  ///< The longest time that the call may take; positive.
  std::size_t max_body_bytes = 0;        ///< A longer body is `too_large`.
};

/// What a key vault answers, or why it does not.
struct https_response {
  https_status status = https_status::unreachable;  ///< How it ended.
  int status_code = 0;             ///< The HTTP status code; 0 if `status` is not ok.
  std::string www_authenticate{};  ///< All `WWW-Authenticate` fields, joined by ", ".
  std::string retry_after{};       ///< The `Retry-After` field; empty if there is none.
  secret_text body{};              ///< The body, without its transfer coding.
  std::string reason{};            ///< Why `status` is not ok. Never contains a secret.
};

/// Https:
///
///     https_response get(const https_request& request);
///         Sends one GET for `request.url`, with the `Authorization` field if it is not empty,
///         to the server of that URL only: no redirect is followed, a proxy gets only CONNECT.
///         Before sending, it verifies the server's certificate: the chain, the dates, and that
///         it is for the URL's host.
///         ok            `status_code`, `www_authenticate`, `retry_after`, `body`
///         not_verified  nothing was sent
///         others        see `https_status`; `reason` may have details
///
/// It is called from one thread at a time. It keeps nothing but connections from one call to the
/// next.
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
