// SPDX-License-Identifier: MIT
/// A credential as an `Azure::Core::Credentials::TokenCredential`, for the clients of the Azure SDK
/// for C++. Needs its headers (azure-core), and exceptions.
///
///     auto credential = std::make_shared<arc_identity::azure_token_credential>(
///         arc_identity::managed_identity_id::client_id("00000000-1111-2222-3333-444444444444"));
///     Azure::Security::KeyVault::Secrets::SecretClient client("https://myvault.vault.azure.net",
///                                                             credential);
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include <azure/core/context.hpp>
#include <azure/core/credentials/credentials.hpp>
#include <azure/core/datetime.hpp>

#include <arc_identity/access_token.hpp>
#include <arc_identity/arc_identity.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/managed_identity_id.hpp>
#include <arc_identity/core/result.hpp>
#include <arc_identity/core/token_request.hpp>

ARC_IDENTITY_BEGIN

/// Gets tokens of one identity from a `basic_credential`. Any thread may call it at any time.
template <class Credential>
class basic_azure_token_credential final : public Azure::Core::Credentials::TokenCredential {
 public:
  /// A token that replaced another is kept for at least this long, so that requests that were
  /// refused at the same time share it.
  static constexpr std::chrono::seconds replacement_holds{5};

  /// The id is copied.
  explicit basic_azure_token_credential(managed_identity_id identity = {})
      : basic_azure_token_credential(Credential(), identity) {}

  /// Shares the cache of `shared`. The id is copied.
  explicit basic_azure_token_credential(Credential shared, managed_identity_id identity = {})
      : TokenCredential("arc_identity"),
        shared_(std::move(shared)),
        kind_(identity.kind()),
        id_(identity.value()) {}

  /// A token for the single scope of `wanted`; its `TenantId` is not used. A token that was
  /// returned before and expires within `MinimumExpiration` is replaced; a new one is returned
  /// whatever its lifetime, because a newer one would not last longer. Throws
  /// `AuthenticationException` with the error's message, and `OperationCancelledException` if the
  /// context is cancelled. The context's deadline at the time of the call ends the exchange;
  /// `Cancel` takes effect only after the exchange.
  Azure::Core::Credentials::AccessToken GetToken(
      const Azure::Core::Credentials::TokenRequestContext& wanted,
      const Azure::Core::Context& context) const override {
    context.ThrowIfCancelled();
    if (wanted.Scopes.size() != 1) fail("one scope is needed");
    const std::string& scope = wanted.Scopes.front();
    const token_request request{scope, managed_identity_id(kind_, id_)};

    Credential shared = shared_;  // Its methods are not const; a copy has the same cache.
    result<access_token> token = shared.get_token(request, time_left(context));
    if (token && !lasts(*token, wanted.MinimumExpiration) && is_to_be_replaced(scope, *token)) {
      token = shared.force_refresh(request, *token, time_left(context));
    }
    context.ThrowIfCancelled();
    if (!token) fail(token.error().message());
    remember(scope, *token);
    return {std::string(token->secret()), Azure::DateTime(token->expires_on())};
  }

 private:
  using clock = std::chrono::steady_clock;

  struct given_token {
    access_token token;
    clock::time_point replaced;  ///< When it replaced another; the epoch if it did not.
  };

  [[noreturn]] void fail(const std::string& why) const {
    throw Azure::Core::Credentials::AuthenticationException(GetCredentialName() + ": " + why);
  }

  static std::chrono::milliseconds time_left(const Azure::Core::Context& context) {
    const Azure::DateTime now(std::chrono::system_clock::now());
    return std::chrono::duration_cast<std::chrono::milliseconds>(context.GetDeadline() - now);
  }

  static bool lasts(const access_token& token, Azure::DateTime::duration minimum) {
    const Azure::DateTime now(std::chrono::system_clock::now());
    return Azure::DateTime(token.expires_on()) - now >= minimum;
  }

  bool is_to_be_replaced(const std::string& scope, const access_token& token) const {
    const std::lock_guard<std::mutex> guard(mutex_);
    const auto given = given_.find(scope);
    if (given == given_.end() || given->second.token.secret() != token.secret()) return false;
    const clock::time_point replaced = given->second.replaced;
    return replaced == clock::time_point{} || clock::now() - replaced >= replacement_holds;
  }

  void remember(const std::string& scope, const access_token& token) const {
    const std::lock_guard<std::mutex> guard(mutex_);
    const auto [given, is_first] = given_.try_emplace(scope, given_token{token, {}});
    if (is_first || given->second.token.secret() == token.secret()) return;
    given->second = {token, clock::now()};
  }

  const Credential shared_;
  const managed_identity_kind kind_ = managed_identity_kind::system_assigned;
  const std::string id_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, given_token> given_;  ///< The latest token for each scope.
};

/// The credential of this platform.
using azure_token_credential = basic_azure_token_credential<credential>;

ARC_IDENTITY_END
