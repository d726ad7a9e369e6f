// SPDX-License-Identifier: MIT
/// What WinHTTP's errors mean.
#pragma once

#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/key_vault/https.hpp>
#include <arc_identity/system/windows/winhttp.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

struct winhttp_failure {
  https_status status;
  const char* what;
};

/// What a WinHTTP error means. `flags` says what is wrong with the certificate
/// (WINHTTP_CALLBACK_STATUS_FLAG_...).
inline winhttp_failure find_winhttp_failure(win32::dword error, win32::dword flags) noexcept {
  using namespace win32;
  struct meaning {
    dword error;
    dword flag;  ///< For error_winhttp_secure_failure only.
    https_status status;
    const char* what;
  };
  constexpr https_status unreachable = https_status::unreachable;
  constexpr https_status not_verified = https_status::not_verified;
  constexpr meaning meanings[] = {
      {error_winhttp_timeout, 0, https_status::timed_out, "the request timed out"},
      {error_winhttp_name_not_resolved, 0, unreachable, "the host was not found"},
      {error_winhttp_cannot_connect, 0, unreachable, "cannot connect"},
      {error_winhttp_connection_error, 0, https_status::lost, "the connection was closed"},
      {error_winhttp_invalid_server_response, 0, https_status::lost, "the response is invalid"},
      {error_winhttp_secure_cert_cn_invalid, winhttp_callback_status_flag_cert_cn_invalid,
       not_verified, "the certificate is for another host"},
      {error_winhttp_secure_invalid_ca, winhttp_callback_status_flag_invalid_ca, not_verified,
       "the certificate's authority is not trusted on this machine"},
      {error_winhttp_secure_cert_date_invalid, winhttp_callback_status_flag_cert_date_invalid,
       not_verified, "the certificate has expired or is not valid yet"},
      {error_winhttp_secure_cert_revoked, winhttp_callback_status_flag_cert_revoked, not_verified,
       "the certificate has been revoked"},
      {error_winhttp_secure_cert_rev_failed, winhttp_callback_status_flag_cert_rev_failed,
       not_verified, "the certificate's revocation status cannot be checked"},
      {error_winhttp_secure_cert_wrong_usage, winhttp_callback_status_flag_cert_wrong_usage,
       not_verified, "the certificate is not for a server"},
      {error_winhttp_secure_invalid_cert, winhttp_callback_status_flag_invalid_cert, not_verified,
       "the certificate is invalid"},
      {error_winhttp_secure_channel_error, 0, not_verified,
       "the certificate is not trusted on this machine, or the server lacks TLS 1.2"},
      {error_winhttp_secure_failure, 0, not_verified, "the certificate cannot be verified"}};
  for (const meaning& each : meanings) {
    const bool is_flagged = error == error_winhttp_secure_failure && (flags & each.flag) != 0;
    if (error == each.error || is_flagged) return {each.status, each.what};
  }
  return {unreachable, "the request failed"};
}

}  // namespace detail
ARC_IDENTITY_END
