// SPDX-License-Identifier: MIT
/// What a vault returns: secrets, certificates, pages of a list.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/key_vault/secret_text.hpp>

ARC_IDENTITY_BEGIN

/// A tag of a secret: a name and a value that users choose.
struct key_vault_tag {
  std::string name{};   ///< The name; any text.
  std::string value{};  ///< The value; any text.
};

/// The properties of a secret, without its value. Users who may write secrets to the vault choose
/// some of the texts.
struct key_vault_properties {
  std::string id{};            ///< https://VAULT/secrets/NAME/VERSION
  std::string name{};          ///< From the id.
  std::string version{};       ///< From the id; empty in a list.
  std::string content_type{};  ///< Empty if none is set.
  bool enabled = true;         ///< Disabled secrets are listed, but cannot be read.
  /// The secret must not be used before this time, in seconds since 1970-01-01T00:00:00Z; 0 if not
  /// set.
  std::chrono::seconds not_before{0};
  /// The secret must not be used from this time on; since 1970, 0 if not set.
  std::chrono::seconds expires_on{0};
  /// When this version was created; since 1970, 0 if not given.
  std::chrono::seconds created{0};
  /// When the properties were last changed; since 1970, 0 if not given.
  std::chrono::seconds updated{0};
  std::vector<key_vault_tag> tags{};  ///< In the vault's order.
};

/// A secret and its properties.
struct key_vault_secret {
  secret_text value{};                ///< Any text. Wiped when this is destroyed.
  key_vault_properties properties{};  ///< The secret's properties.
};

/// The format of a certificate.
enum class certificate_format : std::uint8_t {
  pem,  ///< PEM (RFC 7468): the private key and the chain.
  pfx,  ///< PKCS #12 (RFC 7292) in binary, without a password.
};

/// A certificate with its private key.
struct key_vault_certificate {
  certificate_format format{};  ///< The format of `content`.
  secret_text content{};  ///< The certificate and its private key. Wiped when this is destroyed.
  key_vault_properties properties{};  ///< Those of the secret that holds it.
};

/// A page of the list of all secrets, without their values.
struct key_vault_page {
  std::vector<key_vault_properties> secrets{};  ///< In the vault's order.
  std::string next_link{};                      ///< The next page's URL; empty on the last page.
};

ARC_IDENTITY_END
