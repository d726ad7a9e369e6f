// SPDX-License-Identifier: MIT
/// Secrets and certificates from Azure Key Vault, with the token of this machine, over an Https
/// policy. Not part of arc_identity.hpp: include it, key_vault/curl.hpp or
/// key_vault/winhttp.hpp where it is needed.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <arc_identity/access_token.hpp>
#include <arc_identity/arc_identity.hpp>
#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/exchange/backoff.hpp>
#include <arc_identity/core/http/retry_after.hpp>
#include <arc_identity/core/options.hpp>
#include <arc_identity/core/policies.hpp>
#include <arc_identity/core/result.hpp>
#include <arc_identity/core/token_request.hpp>
#include <arc_identity/key_vault/documents.hpp>
#include <arc_identity/key_vault/https.hpp>
#include <arc_identity/key_vault/https_url.hpp>
#include <arc_identity/key_vault/identifier.hpp>
#include <arc_identity/key_vault/refusal.hpp>
#include <arc_identity/key_vault/secret.hpp>
#include <arc_identity/key_vault/secret_text.hpp>
#include <arc_identity/key_vault/vault_challenge.hpp>
#include <arc_identity/system/platform.hpp>

ARC_IDENTITY_BEGIN

/// How requests to a key vault are made. Texts are copied.
struct key_vault_options {
  /// The identity that the tokens are for.
  managed_identity_id identity{};
  /// The version of Key Vault's interface. Azure Stack Hub supports 7.1 at most.
  std::string_view api_version = "7.4";
  /// The resource of the tokens, such as https://vault.azure.net. They are sent to the vault
  /// regardless of its challenge and its host: for emulators, and for Azure Stack Hub. Empty: the
  /// resource that the vault's challenge names, if the vault's host lies under that resource's
  /// domain.
  std::string_view resource{};
  /// For one request to the vault. Must be positive.
  std::chrono::milliseconds attempt_timeout{10'000};
  /// For a whole call, including waits and getting a token; the latter is not cut short, but has
  /// the time limits of the credential. Must be positive.
  std::chrono::milliseconds total_timeout{30'000};
  /// The maximum number of attempts while the vault is busy or unreachable. Must be positive.
  unsigned max_attempts = 4;
  /// The maximum size of a response's body.
  std::size_t max_body_bytes = std::size_t{1} << 20;
  /// Called as `observer(observer_context, event)` before each further attempt, with
  /// `event_kind::retrying`. It must not throw and must not call back.
  void (*observer)(void* context, const event& event) = nullptr;
  /// The first argument of the observer.
  void* observer_context = nullptr;
};

namespace detail {

template <class Credential, class = void>
struct is_vault_credential : std::false_type {};
template <class Credential>
struct is_vault_credential<
    Credential,
    std::void_t<decltype(std::declval<Credential&>().get_token(
                    std::declval<const token_request&>())),
                decltype(std::declval<Credential&>().force_refresh(
                    std::declval<const token_request&>(), std::declval<const access_token&>()))>>
    : std::true_type {};

/// Returns why the options are invalid, or null.
constexpr static_text check(const key_vault_options& options) noexcept {
  if (options.api_version.empty() || !all_of(options.api_version, is_unreserved)) {
    return "the option api_version is not a version";
  }
  if (options.attempt_timeout.count() <= 0) return "the option attempt_timeout is not positive";
  if (options.total_timeout.count() <= 0) return "the option total_timeout is not positive";
  if (options.max_attempts == 0) return "the option max_attempts is 0";
  return nullptr;
}

/// Whether another attempt may succeed: the vault is busy, or the network failed.
inline bool is_transient(const https_response& response) noexcept {
  switch (response.status) {
    case https_status::ok:
      return response.status_code == 408 || response.status_code == 429 ||
             response.status_code >= 500;
    case https_status::unreachable:
    case https_status::lost:
    case https_status::timed_out: return true;
    case https_status::not_verified:
    case https_status::too_large: break;
  }
  return false;
}

/// The failure to report if no response came.
inline failure no_response(const https_response& response) noexcept {
  const auto failed = [&](errc code, const char* what, const char* remedy) {
    return failure{code, what, {response.reason}, 0, 0, remedy};
  };
  switch (response.status) {
    case https_status::not_verified:
      return failed(errc::vault_not_verified, "the vault's TLS certificate cannot be verified",
                    "Check the vault's URL and this machine's CA certificates; nothing was sent");
    case https_status::timed_out:
      return failed(
          errc::timed_out, "the vault did not answer in time",
          "Check the network and the proxy (https_proxy, or netsh winhttp), or try again later");
    case https_status::lost:
      return failed(errc::connection_lost, "the connection to the vault was lost",
                    "Try again later");
    case https_status::too_large:
      return failed(errc::response_too_large, "the vault's response is longer than the limit",
                    "Check the vault's URL, or raise the limit");
    default:
      return failed(
          errc::vault_unreachable, "cannot connect to the vault",
          "Check the vault's URL, the network and the proxy (https_proxy, or netsh winhttp)");
  }
}

/// The failure to report for a response other than the requested one: `item` is NAME or
/// NAME/VERSION, or empty for the list. The views point into it and into the response's body.
inline failure unwanted_response(https_response& response, std::string_view item) noexcept {
  if (response.status != https_status::ok) return no_response(response);
  const peer_error vault_error = read_vault_error(response.body.buffer());
  const auto failed = [&](errc code, static_text what, static_text remedy,
                          std::uint32_t retry_after = 0) {
    return failure{code, what, vault_error, response.status_code, 0, remedy, retry_after};
  };
  const int status = response.status_code;
  if (is_transient(response)) {
    return failed(errc::vault_unavailable, "the vault is temporarily unavailable",
                  "Try again later", retry_after(cursor(response.retry_after)));
  }
  if (status == 401) {
    return failed(errc::vault_access_denied, "the vault rejected the token",
                  "Check that this machine's identity belongs to the vault's tenant");
  }
  if (status == 403) {
    return failed(errc::vault_access_denied, "the vault denied access",
                  remedy_for_denial(vault_error.code, item.empty()));
  }
  if (status == 404) {
    failure missing = failed(errc::vault_item_not_found, "the vault has no such item",
                             remedy_for_missing(vault_error.code));
    missing.peer.code = item;
    missing.peer.description =
        vault_error.description.empty() ? vault_error.code : vault_error.description;
    return missing;
  }
  if (status >= 300 && status < 400) {
    return failed(errc::unexpected_status, "the vault sent a redirect, which is not followed",
                  "Check the vault's URL");
  }
  return failed(errc::vault_refused, "the vault refused the request",
                remedy_for_refusal(vault_error.code));
}

}  // namespace detail

/// Gets secrets and certificates from one Azure key vault. Unless the options name a resource, it
/// asks the vault itself what the token must be for, and sends a token only if the vault's host
/// lies under that resource's domain; it follows no redirect and no link elsewhere. It remembers
/// that resource, and no secret. For one thread at a time: give each thread its own, with copies of
/// one credential.
template <class Https, class Credential = credential, class Clock = system::clock>
class basic_key_vault {
  static_assert(detail::check_https<Https>());
  static_assert(detail::check_clock<Clock>());
  static_assert(detail::is_vault_credential<Credential>::value,
                "the Credential lacks: result<access_token> get_token(const token_request&), or "
                "result<access_token> force_refresh(const token_request&, const access_token&)");

 public:
  /// `url` has the form https://myvault.vault.azure.net, perhaps with a port; it is copied. If it
  /// or the options are invalid, the calls return the error.
  explicit basic_key_vault(Credential token_source, std::string_view url,
                           const key_vault_options& options = {}, Https https = Https{},
                           Clock clock = Clock{})
      : credential_(std::move(token_source)),
        https_(std::move(https)),
        clock_(std::move(clock)),
        options_(options),
        identity_(options.identity.value()),
        api_version_(options.api_version),
        rejection_(detail::check(options)),
        resource_(options.resource) {
    set_url(url);
  }

  /// The secret `name`: its version `version`, or the current one if `version` is empty. `name` and
  /// `version` are 1 to 127 letters, digits and hyphens each. An identifier of this vault can
  /// replace the name (key_vault/identifier.hpp); then only one of the two may have a version.
  /// Errors: those of the credential's `get_token`, and
  ///     invalid_argument          the URL, an option, the name, the version or the identifier
  ///     vault_unreachable, connection_lost, timed_out, vault_unavailable
  ///                               the last attempt failed, or time ran out
  ///     vault_not_verified        the TLS certificate cannot be verified; nothing was sent
  ///     vault_challenge_rejected  the vault asks for a token that is not for its domain; none was
  ///                               sent
  ///     vault_access_denied       the identity has no permission
  ///     vault_item_not_found      no such secret, or no such version
  ///     vault_refused, unexpected_status
  ///                               any other status
  ///     response_too_large, invalid_vault_response
  result<key_vault_secret> get_secret(std::string_view name, std::string_view version = {}) {
    if (key_vault_identifier::is_url(name)) {
      const result<key_vault_identifier> identifier = key_vault_identifier::parse(name);
      if (!identifier) return identifier.error();
      const detail::static_text rejection = check(*identifier, version);
      if (rejection != nullptr) return detail::failure{errc::invalid_argument, rejection};
      name = identifier->name;
      if (version.empty()) version = identifier->version;
    }
    const detail::static_text rejection = check(name, version);
    if (rejection != nullptr) return detail::failure{errc::invalid_argument, rejection};
    std::string item(name);
    if (!version.empty()) item += '/' + std::string(version);
    return read<key_vault_secret>("/secrets/" + item + query(), item, detail::read_secret_body);
  }

  /// The certificate `name` with its private key, in the format that the vault stores. It is read
  /// as the secret of the same name, and needs permission for that.
  /// Errors: as `get_secret`; `invalid_vault_response` also if that secret is not a certificate or
  /// its private key cannot be exported.
  result<key_vault_certificate> get_certificate(std::string_view name,
                                                std::string_view version = {}) {
    result<key_vault_secret> secret = get_secret(name, version);
    if (!secret) return secret.error();
    key_vault_certificate certificate;
    const detail::static_text rejection = detail::read_certificate(*secret, certificate);
    if (rejection != nullptr) return invalid(rejection);
    return certificate;
  }

  /// The first page of all secrets' properties; the service chooses its size.
  /// Errors: as `get_secret`.
  result<key_vault_page> list_secrets() {
    if (rejection_ != nullptr) return detail::failure{errc::invalid_argument, rejection_};
    return read<key_vault_page>("/secrets" + query(), {}, detail::read_page);
  }

  /// The page after `page`; an empty one after the last.
  /// Errors: as `get_secret`; `invalid_vault_response` also if the link leads to another host.
  result<key_vault_page> next_page(const key_vault_page& page) {
    if (page.next_link.empty()) return key_vault_page{};
    detail::https_url link;
    if (rejection_ != nullptr) return detail::failure{errc::invalid_argument, rejection_};
    if (!is_here(page.next_link, link) || link.target.substr(0, 1) != "/") {
      return invalid("the link to the next page leads to another host");
    }
    return read<key_vault_page>(std::string(link.target), {}, detail::read_page);
  }

 private:
  using milliseconds = std::chrono::milliseconds;

  static detail::failure invalid(detail::static_text what) noexcept {
    return {errc::invalid_vault_response, what};
  }

  void set_url(std::string_view text) {
    detail::https_url url;
    const detail::static_text rejection = detail::parse_https_url(text, url);
    if (rejection_ == nullptr) rejection_ = rejection;
    if (rejection_ == nullptr && url.has_path())
      rejection_ = "the vault's URL has a path or a query";
    host_ = url.host;
    port_ = url.port;
  }

  /// Whether a URL leads to this vault. `url` receives its parts.
  bool is_here(std::string_view text, detail::https_url& url) const noexcept {
    return detail::parse_https_url(text, url) == nullptr && url.port == port_ &&
           detail::equals_ignoring_case(url.host, host_);
  }

  /// Returns why an identifier and a separate version are invalid, or null.
  detail::static_text check(const key_vault_identifier& identifier,
                            std::string_view version) const noexcept {
    if (rejection_ != nullptr) return rejection_;
    detail::https_url url;
    if (!is_here(identifier.vault, url)) return "the identifier belongs to another vault";
    return version.empty() || identifier.version.empty()
               ? detail::static_text()
               : "the version is given twice: in the identifier and separately";
  }

  detail::static_text check(std::string_view name, std::string_view version) const noexcept {
    if (rejection_ != nullptr) return rejection_;
    if (!detail::is_vault_name(name)) {
      return "the name is not 1 to 127 letters, digits and hyphens";
    }
    if (!version.empty() && !detail::is_vault_name(version)) {
      return "the version is not 1 to 127 letters, digits and hyphens";
    }
    return nullptr;
  }

  std::string query() const { return "?api-version=" + api_version_; }

  /// The host and the port are always the vault's own, whatever the target is.
  std::string url_of(const std::string& target) const {
    const std::string port = port_ == 443 ? "" : ':' + std::to_string(port_);
    return "https://" + host_ + port + target;
  }

  template <class Document, class Read>
  result<Document> read(const std::string& target, std::string_view item, Read read_body) {
    result<secret_text> body = fetch(url_of(target), item);
    if (!body) return body.error();
    Document document;
    const detail::static_text rejection = read_body(*body, document);
    if (rejection == nullptr) return document;
    detail::peer_error vault_error;  // The body may be an error's.
    detail::read_agent_error(body->view(), true, vault_error);
    return detail::failure{errc::invalid_vault_response, rejection, vault_error};
  }

  /// The body of the final 200 response to `url`; `item` is the requested item.
  result<secret_text> fetch(const std::string& url, std::string_view item) {
    const milliseconds end = clock_.now() + milliseconds(detail::bounded(options_.total_timeout));
    detail::backoff backoff;
    backoff.seed(static_cast<std::uint32_t>(clock_.now().count()));
    access_token token;  // Empty until the vault has named the resource.
    bool is_fresh = false;
    unsigned attempt = 1;
    for (;;) {
      if (!resource_.empty() && token.empty()) {
        result<access_token> got = credential_.get_token(request());
        if (!got) return got.error();
        token = *got;
      }
      https_response response = send(url, token, end);
      if (response.status == https_status::ok && response.status_code == 200) {
        return std::move(response.body);
      }
      if (is_challenge(response) && resource_.empty()) {
        const detail::static_text rejection = learn_resource(response);
        if (rejection != nullptr) return rejected(rejection, response);
      } else if (is_challenge(response) && !is_fresh) {
        result<access_token> got = credential_.force_refresh(request(), token);
        if (!got) return got.error();
        token = *got;
        is_fresh = true;
      } else if (!wait_before(++attempt, response, backoff, end)) {
        return detail::unwanted_response(response, item);
      }
    }
  }

  static bool is_challenge(const https_response& response) noexcept {
    return response.status == https_status::ok && response.status_code == 401;
  }

  token_request request() const noexcept {
    return {resource_, managed_identity_id(options_.identity.kind(), identity_)};
  }

  https_response send(const std::string& url, const access_token& token, milliseconds end) {
    const milliseconds left = end - clock_.now();
    if (left.count() > 0) {
      const milliseconds timeout =
          left < options_.attempt_timeout ? left : options_.attempt_timeout;
      return https_.get({url, token.authorization(), timeout, options_.max_body_bytes});
    }
    https_response late;
    late.status = https_status::timed_out;
    return late;
  }

  detail::static_text learn_resource(const https_response& response) {
    std::string_view resource;
    const detail::static_text rejection =
        detail::read_vault_resource(response.www_authenticate, host_, resource);
    if (rejection == nullptr) resource_ = resource;
    return rejection;
  }

  static detail::failure rejected(detail::static_text what,
                                  const https_response& response) noexcept {
    return {errc::vault_challenge_rejected,
            what,
            {response.www_authenticate},
            401,
            0,
            "Check the vault's URL; no token was sent"};
  }

  /// Waits before attempt number `attempt`; false if there is no further attempt.
  bool wait_before(unsigned attempt, const https_response& response, detail::backoff& backoff,
                   milliseconds end) {
    if (!detail::is_transient(response) || attempt > options_.max_attempts) return false;
    const milliseconds left = end - clock_.now();
    const std::uint32_t asked = detail::retry_after(detail::cursor(response.retry_after));
    const std::uint32_t own = backoff.wait(attempt - 1);
    const milliseconds wait(
        detail::fitting_wait(asked > own ? asked : own, asked, detail::bounded(left)));
    if (wait >= left) return false;
    notify(response, wait);
    clock_.sleep_for(wait);
    return true;
  }

  void notify(const https_response& response, milliseconds wait) const {
    if (options_.observer == nullptr) return;
    event event{event_kind::retrying};
    event.reason = response.status == https_status::ok ? errc::vault_unavailable
                                                       : detail::no_response(response).code;
    event.http_status = response.status_code;
    event.wait = wait;
    options_.observer(options_.observer_context, event);
  }

  Credential credential_;
  Https https_;
  Clock clock_;
  key_vault_options options_;  ///< Its texts are used only through the copies below.
  std::string identity_;
  std::string api_version_;
  std::string host_;
  std::uint16_t port_ = 443;
  detail::static_text rejection_;
  std::string resource_;  ///< The resource of the tokens; empty until the vault has named it.
};

ARC_IDENTITY_END
