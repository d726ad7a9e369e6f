// SPDX-License-Identifier: MIT
/// Identifiers of secrets and certificates, as the portal and Key Vault's responses show them:
/// https://myvault.vault.azure.net/secrets/NAME/VERSION (Key Vault REST API, "Object identifiers").
#pragma once

#include <string_view>

#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/error.hpp>
#include <arc_identity/core/result.hpp>
#include <arc_identity/key_vault/https_url.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// Whether `name` is a valid name or version in a vault: 1 to 127 of 0-9, a-z, A-Z and -.
constexpr bool is_vault_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= 127 &&
         all_of(name, [](char c) { return is_alpha(c) || is_digit(c) || c == '-'; });
}

}  // namespace detail

/// The parts of an identifier, as views into its text.
struct key_vault_identifier {
  std::string_view vault{};    ///< https://myvault.vault.azure.net, with the port if there is one.
  std::string_view name{};     ///< 1 to 127 letters, digits and hyphens.
  std::string_view version{};  ///< The same characters; empty means the current version.

  /// Whether `text` is to be read as an identifier and not as a name, which has no colon.
  static constexpr bool is_url(std::string_view text) noexcept {
    return text.find(':') != std::string_view::npos;
  }

  /// Reads https://VAULT[:PORT]/secrets/NAME[/VERSION], or the same with `certificates`, whose
  /// private key is the secret of the same name and version.
  /// Errors: invalid_argument for anything else.
  static result<key_vault_identifier> parse(std::string_view text) noexcept {
    detail::https_url url;
    const detail::static_text rejection = detail::parse_https_url(text, url);
    if (rejection != nullptr) return detail::failure{errc::invalid_argument, rejection};
    key_vault_identifier found;
    found.vault = text.substr(0, text.size() - url.target.size());
    std::string_view path = url.target;
    if (!detail::starts_with(path, "/")) return unusable();
    path.remove_prefix(1);
    const std::string_view collection = detail::take_until(path, '/');
    if (collection != "secrets" && collection != "certificates") return unusable();
    found.name = detail::take_until(path, '/');
    found.version = path;
    const bool has_version = found.version.empty() || detail::is_vault_name(found.version);
    if (!detail::is_vault_name(found.name) || !has_version) return unusable();
    return found;
  }

 private:
  static detail::failure unusable() noexcept {
    return {errc::invalid_argument,
            "the URL is not an identifier of a secret or a certificate",
            {},
            0,
            0,
            "Expected a URL like https://myvault.vault.azure.net/secrets/NAME/VERSION"};
  }
};

ARC_IDENTITY_END
