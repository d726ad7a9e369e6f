// SPDX-License-Identifier: MIT
/// The remedy for a vault's refusal, by its error code (Azure Key Vault, "REST API error codes").
/// Other codes have no remedy, because they may come from a gateway.
#pragma once

#include <string_view>

#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/detail/static_text.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// For a 403. Reading secrets and listing them need different permissions.
constexpr static_text remedy_for_denial(std::string_view code, bool is_list) noexcept {
  const auto is = [code](std::string_view known) { return equals_ignoring_case(code, known); };
  if (is("AccessDenied")) {
    return is_list ? "Give this identity the role Key Vault Secrets User, or a policy with \"list\""
                   : "Give this identity the role Key Vault Secrets User, or a policy with \"get\"";
  }
  if (is("ForbiddenByRbac")) {
    return "Give this identity the role Key Vault Secrets User, which can take minutes to apply";
  }
  if (is("ForbiddenByPolicy")) {
    return is_list ? "Give this identity an access policy with \"list\" for secrets"
                   : "Give this identity an access policy with \"get\" for secrets";
  }
  if (is("ForbiddenByFirewall")) {
    return "Allow this machine's public address in the vault's firewall";
  }
  if (is("ForbiddenByConnection")) {
    return "The vault allows only private links: its name must resolve to its private endpoint";
  }
  if (is("SecretDisabled") || is("CertificateDisabled")) {
    return "Enable it in the vault, or request another version";
  }
  if (is("SecretExpired") || is("CertificateExpired")) {
    return "Renew it in the vault, or change its expiration date";
  }
  if (is("SecretNotYetValid") || is("CertificateNotYetValid")) {
    return "Wait for its activation date, or change that in the vault";
  }
  return {};
}

/// For a 404.
constexpr static_text remedy_for_missing(std::string_view code) noexcept {
  const bool is_of_vault = equals_ignoring_case(code, "SecretNotFound") ||
                           equals_ignoring_case(code, "CertificateNotFound");
  return is_of_vault ? "Check the name and the version" : "Check the vault's URL";
}

/// For another error status.
constexpr static_text remedy_for_refusal(std::string_view code) noexcept {
  return equals_ignoring_case(code, "BadParameter")
             ? "Check the name and the api-version (Azure Stack Hub supports up to 7.1)"
             : "Check the vault's URL";
}

}  // namespace detail
ARC_IDENTITY_END
