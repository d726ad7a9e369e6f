// SPDX-License-Identifier: MIT
/// The Https policy on WinHTTP, which is part of Windows (8 and Server 2012 or later), and the key
/// vault over it. With CMake link `arc_identity::winhttp`, otherwise winhttp and crypt32.
///
///     arc_identity::key_vault vault(credential, "https://myvault.vault.azure.net");
///     auto secret = vault.get_secret("database-password");
///     if (!secret) return report(secret.error().message());
///     use(secret->value.view());
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/key_vault.hpp>
#include <arc_identity/key_vault/https.hpp>
#include <arc_identity/key_vault/https_reception.hpp>
#include <arc_identity/key_vault/https_url.hpp>
#include <arc_identity/key_vault/winhttp/exchange.hpp>
#include <arc_identity/key_vault/winhttp/failure.hpp>
#include <arc_identity/key_vault/winhttp/machine_proxy.hpp>
#include <arc_identity/system/windows/winhttp.hpp>
#include <arc_identity/version.hpp>

ARC_IDENTITY_BEGIN

/// HTTPS by WinHTTP. TLS 1.2 or later; certificates are always verified against the stores of the
/// machine and the user, and there is no way to turn that off. The proxy is the machine's (`netsh
/// winhttp set proxy`) or, if there is none, the one that Windows 8.1 and later find in the user's
/// settings. Proxies that need a password are not supported.
///
/// Connections are kept from one call to the next. One thread at a time; different objects may be
/// used in different threads at once.
///
/// Copies of a token or a response inside WinHTTP and Schannel are not wiped.
class winhttp_https {
 public:
  /// One GET; see https.hpp.
  https_response get(const https_request& request);

 private:
  class call;

  /// Returns 0, or the Windows error.
  detail::win32::dword open_session();

  detail::winhttp_handle session_{};
};

/// The key vault over WinHTTP, of this platform's credential.
using key_vault = basic_key_vault<winhttp_https>;

/// One call of `get`. On failure, a step returns false, and `response_` has the reason.
class winhttp_https::call {
 public:
  /// Both must outlive the call.
  call(const https_request& request, https_response& response)
      : request_(request),
        response_(response),
        timeout_(request.timeout < longest ? request.timeout : longest),
        end_(std::chrono::steady_clock::now() + timeout_),
        exchange_(std::make_shared<detail::winhttp_exchange>(request.authorization)) {}

  /// Fills the response, or the reason for having none.
  void perform(void* session) {
    if (!open(session)) return;
    do {
      if (!send() || !read_header() || !read_body()) return;
    } while (response_.status_code == 401 && exchange_->has_restored_field(handle_.get()));
    response_.status = https_status::ok;
  }

  /// Records the Windows error in the response; returns false.
  bool fail(detail::win32::dword error);

 private:
  static constexpr std::chrono::milliseconds longest = std::chrono::hours(24);

  bool open(void* session);
  bool set_options();
  bool send();
  bool read_header();
  bool is_of_server();
  bool read_body();
  std::wstring header();
  bool query_number(detail::win32::dword which, detail::win32::dword& number);

  template <class Begin>
  bool run(Begin begin) {
    const detail::win32::dword error = exchange_->run(end_, begin);
    return error == 0 || fail(error);
  }

  const https_request& request_;
  https_response& response_;
  const std::chrono::milliseconds timeout_;
  const std::chrono::steady_clock::time_point end_;
  const std::shared_ptr<detail::winhttp_exchange> exchange_;
  detail::winhttp_handle connection_{};
  detail::winhttp_handle handle_{};
};

inline https_response winhttp_https::get(const https_request& request) {
  https_response response;
  call exchange(request, response);
  const detail::win32::dword error = open_session();
  if (error == 0) {
    exchange.perform(session_.get());
  } else {
    exchange.fail(error);
  }
  return response;
}

inline detail::win32::dword winhttp_https::open_session() {
  using namespace detail::win32;
  if (session_ != nullptr) return 0;
  const auto open = [](dword proxy) {
    return WinHttpOpen(L"arc_identity/" ARC_IDENTITY_VERSION, proxy, nullptr, nullptr,
                       winhttp_flag_async);
  };
  detail::winhttp_handle session;
  if (!detail::has_machine_proxy()) session.reset(open(winhttp_access_type_automatic_proxy));
  if (session == nullptr) session.reset(open(winhttp_access_type_default_proxy));
  if (session == nullptr) return GetLastError();
  const winhttp_callback failed = reinterpret_cast<winhttp_callback>(std::intptr_t{-1});
  if (WinHttpSetStatusCallback(session.get(), &detail::winhttp_exchange::on_status,
                               detail::winhttp_exchange::notifications, 0) == failed) {
    return GetLastError();
  }
  // Older versions of Windows have no TLS 1.3.
  for (dword protocols : {winhttp_flag_secure_protocol_tls1_2 | winhttp_flag_secure_protocol_tls1_3,
                          winhttp_flag_secure_protocol_tls1_2}) {
    if (WinHttpSetOption(session.get(), winhttp_option_secure_protocols, &protocols,
                         sizeof protocols) != 0) {
      session_ = std::move(session);
      return 0;
    }
  }
  return GetLastError();
}

inline bool winhttp_https::call::fail(detail::win32::dword error) {
  const detail::winhttp_failure failure =
      detail::find_winhttp_failure(error, exchange_->security_flags());
  response_.status = failure.status;
  response_.status_code = 0;
  response_.reason = std::string(failure.what) + " (WinHTTP error " + std::to_string(error) + ')';
  return false;
}

inline bool winhttp_https::call::open(void* session) {
  using namespace detail::win32;
  detail::https_url url;
  if (detail::parse_https_url(request_.url, url) != nullptr) return fail(error_winhttp_invalid_url);
  const std::wstring host(url.host.begin(), url.host.end());
  const std::wstring target(url.target.begin(), url.target.end());
  connection_.reset(WinHttpConnect(session, host.c_str(), url.port, 0));
  if (connection_ == nullptr) return fail(GetLastError());
  const wchar_t* accepted[] = {L"*/*", nullptr};
  handle_.reset(WinHttpOpenRequest(connection_.get(), L"GET", target.c_str(), nullptr, nullptr,
                                   accepted, winhttp_flag_secure | winhttp_flag_escape_disable));
  if (handle_ == nullptr || !set_options()) return fail(GetLastError());
  const dword error = detail::winhttp_exchange::attach(exchange_, handle_.get());
  return error == 0 || fail(error);
}

inline bool winhttp_https::call::set_options() {
  using namespace detail::win32;
  dword disabled =
      winhttp_disable_cookies | winhttp_disable_redirects | winhttp_disable_authentication;
  const int timeout = static_cast<int>(timeout_.count());
  // A server that asks for a client certificate gets none; it may continue without.
  WinHttpSetOption(handle_.get(), winhttp_option_client_cert_context, nullptr, 0);
  return WinHttpSetOption(handle_.get(), winhttp_option_disable_feature, &disabled,
                          sizeof disabled) != 0 &&
         WinHttpSetTimeouts(handle_.get(), timeout, timeout, timeout, timeout) != 0;
}

inline bool winhttp_https::call::send() {
  using namespace detail::win32;
  return run([&] { return WinHttpSendRequest(handle_.get(), nullptr, 0, nullptr, 0, 0, 0); }) &&
         run([&] { return WinHttpReceiveResponse(handle_.get(), nullptr); });
}

inline bool winhttp_https::call::read_header() {
  using namespace detail::win32;
  dword code = 0;
  if (!query_number(winhttp_query_status_code, code)) return fail(GetLastError());
  if (!is_of_server()) {
    response_.status = https_status::unreachable;
    response_.reason = "the proxy answered with status " + std::to_string(code);
    return false;
  }
  response_.status_code = static_cast<int>(code);
  detail::https_reception received{response_, request_.max_body_bytes};
  const std::wstring wide = header();
  std::string narrow(wide.size(), '?');  // No text that is searched for has other characters.
  for (std::size_t i = 0; i < wide.size(); ++i) {
    if (wide[i] < 0x80) narrow[i] = static_cast<char>(wide[i]);
  }
  std::string_view lines = narrow;
  while (!lines.empty()) received.keep_field(detail::take_until(lines, '\n'));
  return true;
}

/// Whether the response is the server's. A proxy that cannot connect to the server answers in its
/// place, without a certificate.
inline bool winhttp_https::call::is_of_server() {
  using namespace detail::win32;
  const _CERT_CONTEXT* certificate = nullptr;
  dword size = sizeof certificate;
  if (WinHttpQueryOption(handle_.get(), winhttp_option_server_cert_context, &certificate, &size) ==
          0 ||
      certificate == nullptr) {
    return false;
  }
  CertFreeCertificateContext(certificate);
  return true;
}

/// All lines of the response's header; empty if WinHTTP does not provide them.
inline std::wstring winhttp_https::call::header() {
  using namespace detail::win32;
  dword bytes = 0;
  WinHttpQueryHeaders(handle_.get(), winhttp_query_raw_headers_crlf, nullptr, nullptr, &bytes,
                      nullptr);
  std::wstring lines(bytes / sizeof(wchar_t), L'\0');
  if (WinHttpQueryHeaders(handle_.get(), winhttp_query_raw_headers_crlf, nullptr, lines.data(),
                          &bytes, nullptr) == 0) {
    return {};
  }
  return lines;
}

inline bool winhttp_https::call::query_number(detail::win32::dword which,
                                              detail::win32::dword& number) {
  using namespace detail::win32;
  dword size = sizeof number;
  return WinHttpQueryHeaders(handle_.get(), which | winhttp_query_flag_number, nullptr, &number,
                             &size, nullptr) != 0;
}

inline bool winhttp_https::call::read_body() {
  using namespace detail::win32;
  response_.body.clear();
  detail::https_reception received{response_, request_.max_body_bytes};
  const mutable_buffer space = exchange_->space();
  for (;;) {
    const bool is_read = run([&] {
      return WinHttpReadData(handle_.get(), space.data(), static_cast<dword>(space.size()),
                             nullptr);
    });
    if (!is_read) return false;
    const std::size_t count = exchange_->count();
    if (count == 0) break;
    if (!received.keep_body({space.data(), count})) {
      response_.reason = "the body is longer than the limit";
      return false;
    }
  }
  // Wine does not report that the connection broke.
  dword expected = 0;
  const bool is_known = query_number(winhttp_query_content_length, expected);
  return !is_known || response_.body.size() == expected || fail(error_winhttp_connection_error);
}

ARC_IDENTITY_END
