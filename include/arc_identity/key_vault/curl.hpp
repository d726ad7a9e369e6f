// SPDX-License-Identifier: MIT
/// The Https policy on libcurl (7.68 or later), and the key vault over it. Needs libcurl's header
/// and library: with CMake link `arc_identity::curl`.
///
///     arc_identity::key_vault vault(credential, "https://myvault.vault.azure.net");
///     auto secret = vault.get_secret("database-password");
///     if (!secret) return report(secret.error().message());
///     use(secret->value.view());
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/key_vault.hpp>
#include <arc_identity/key_vault/https.hpp>
#include <arc_identity/key_vault/https_reception.hpp>
#include <arc_identity/version.hpp>

ARC_IDENTITY_BEGIN

/// HTTPS by libcurl. TLS 1.2 or later; certificates are always verified, and there is no way to
/// turn that off. HTTP/2 if both sides support it. The proxy is the one that libcurl finds in the
/// environment (`https_proxy`, `no_proxy`).
///
/// Connections are kept from one call to the next. One thread at a time; different objects may be
/// used in different threads at once. The first object of a process initialises libcurl. With a
/// libcurl before 7.84, a program that also uses libcurl in other threads must call
/// curl_global_init() before it starts them.
///
/// Copies of a token or a response inside libcurl and its TLS library are not wiped.
class curl_https {
 public:
  /// `ca_file` is a PEM file with the only CA certificates to trust; if it is empty, those of the
  /// system are trusted. If the file cannot be read, every call ends with
  /// `https_status::not_verified`.
  explicit curl_https(std::string ca_file = {}) : ca_file_(std::move(ca_file)) {}

  /// One GET; see https.hpp.
  https_response get(const https_request& request);

 private:
  struct easy_cleanup {
    void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
  };
  struct list_cleanup {
    void operator()(curl_slist* list) const noexcept {
      for (curl_slist* at = list; at != nullptr; at = at->next) {
        wipe({at->data, std::string_view(at->data).size()});
      }
      curl_slist_free_all(list);
    }
  };
  using fields = std::unique_ptr<curl_slist, list_cleanup>;

  struct reception : detail::https_reception {
    bool is_out_of_memory = false;
  };
  using keep = bool (detail::https_reception::*)(std::string_view);

  static fields make_fields(std::string_view authorization);
  bool prepare(const https_request& request, curl_slist* headers, reception& received);
  template <keep Keep>
  static std::size_t on_data(char* data, std::size_t, std::size_t size, void* context) noexcept;
  static https_status status_of(CURLcode code) noexcept;

  std::string ca_file_;
  std::unique_ptr<CURL, easy_cleanup> easy_{};
};

/// The key vault over libcurl, of this platform's credential.
using key_vault = basic_key_vault<curl_https>;

inline https_response curl_https::get(const https_request& request) {
  // Never cleaned up: other code may still use libcurl when our last object is destroyed.
  static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  https_response response;
  reception received{{response, request.max_body_bytes}};
  if (initialised == CURLE_OK && easy_ == nullptr) easy_.reset(curl_easy_init());
  const fields headers = make_fields(request.authorization);
  const bool lacks_field = headers == nullptr && !request.authorization.empty();
  if (easy_ == nullptr || lacks_field || !prepare(request, headers.get(), received)) {
    response.reason = "libcurl cannot be configured as required";
    return response;
  }
  char reason[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(easy_.get(), CURLOPT_ERRORBUFFER, reason);
  const CURLcode code = curl_easy_perform(easy_.get());
  long status = 0;
  long proxy_status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy_.get(), CURLINFO_HTTP_CONNECTCODE, &proxy_status);
  curl_easy_reset(easy_.get());  // Forgets the fields and the buffer; keeps the connection.
#if ARC_IDENTITY_HAS_EXCEPTIONS
  if (received.is_out_of_memory) throw std::bad_alloc();
#endif
  if (code == CURLE_OK) {
    response.status = https_status::ok;
    response.status_code = static_cast<int>(status);
  } else if (response.status != https_status::too_large) {
    const bool is_proxy_unwilling = proxy_status >= 300;
    response.status = is_proxy_unwilling ? https_status::unreachable : status_of(code);
    // A proxy's URL, which libcurl may quote, may hold a password, even if it is malformed.
    const bool has_url =
        std::strchr(reason, '@') != nullptr || std::strstr(reason, "://") != nullptr;
    const bool is_quotable = *reason != '\0' && !has_url;
    response.reason = is_quotable ? reason : curl_easy_strerror(code);
  }
  return response;
}

inline curl_https::fields curl_https::make_fields(std::string_view authorization) {
  if (authorization.empty()) return nullptr;
  secret_text field("Authorization: ");
  field.append(authorization);
  field.push_back('\0');
  return fields(curl_slist_append(nullptr, field.view().data()));
}

/// False if libcurl rejects a required option.
inline bool curl_https::prepare(const https_request& request, curl_slist* headers,
                                reception& received) {
  CURL* const easy = easy_.get();
  bool ok = true;
  const auto set = [&](CURLoption option, auto value) {
    ok = curl_easy_setopt(easy, option, value) == CURLE_OK && ok;
  };
  set(CURLOPT_URL, request.url.c_str());
#if LIBCURL_VERSION_NUM >= 0x075500
  set(CURLOPT_PROTOCOLS_STR, "https");
#else
  set(CURLOPT_PROTOCOLS, long{CURLPROTO_HTTPS});
#endif
  set(CURLOPT_FOLLOWLOCATION, 0L);
  if (system::environment::ignores_variables()) set(CURLOPT_PROXY, "");  // Not the variables'.
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  if (!ca_file_.empty()) {
    set(CURLOPT_CAINFO, ca_file_.c_str());
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);  // Not every TLS library supports it.
  }
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_2TLS});  // If both sides can.
  set(CURLOPT_HTTPHEADER, headers);
  set(CURLOPT_HEADEROPT, long{CURLHEADER_SEPARATE});  // None of them to a proxy.
  set(CURLOPT_USERAGENT, "arc_identity/" ARC_IDENTITY_VERSION);
  set(CURLOPT_NOSIGNAL, 1L);
  constexpr std::chrono::hours longest{24};
  set(CURLOPT_TIMEOUT_MS,
      static_cast<long>((request.timeout < longest ? request.timeout : longest).count()));
  set(CURLOPT_HEADERFUNCTION, &on_data<&reception::keep_field>);
  set(CURLOPT_HEADERDATA, &received);
  set(CURLOPT_WRITEFUNCTION, &on_data<&reception::keep_body>);
  set(CURLOPT_WRITEDATA, &received);
  return ok;
}

/// libcurl is C: nothing may be thrown through it.
template <curl_https::keep Keep>
std::size_t curl_https::on_data(char* data, std::size_t, std::size_t size, void* context) noexcept {
  reception& received = *static_cast<reception*>(context);
  // g++ -O2 warns of aliasing without this reference.
  // cppcheck-suppress constVariable ; `Keep` changes it
  detail::https_reception& parts = received;
  bool is_kept = false;
#if ARC_IDENTITY_HAS_EXCEPTIONS
  try {
    is_kept = (parts.*Keep)({data, size});
  } catch (const std::bad_alloc&) {
    received.is_out_of_memory = true;
  }
#else
  is_kept = (parts.*Keep)({data, size});
#endif
  return is_kept ? size : 0;
}

inline https_status curl_https::status_of(CURLcode code) noexcept {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS: return https_status::not_verified;
    case CURLE_OPERATION_TIMEDOUT: return https_status::timed_out;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM: return https_status::lost;
    default: return https_status::unreachable;
  }
}

ARC_IDENTITY_END
