// SPDX-License-Identifier: MIT
//
// Converts certificates with their private keys from the vault's format to the one that a service
// reads, with OpenSSL's libcrypto.

#ifndef ARC_IDENTITY_CLI_VAULT_POSIX_CERTIFICATE_CONVERSION_HPP
#define ARC_IDENTITY_CLI_VAULT_POSIX_CERTIFICATE_CONVERSION_HPP

#include <string_view>

#include <arc_identity/key_vault/secret.hpp>

namespace arc_identity_cli {

/// A certificate as PEM (RFC 7468).
struct pem_certificate {
  arc_identity::secret_text certificates;  ///< the leaf, its chain in order, then any others
  arc_identity::secret_text key;           ///< PKCS #8, not encrypted
};

/// Throws a failure if the certificate is damaged or has a password, or if its key is missing or
/// matches none of its certificates. The same holds for the next function.
pem_certificate to_pem(const arc_identity::key_vault_certificate& certificate);

/// PKCS #12 without a password. If the vault stores it as PKCS #12, it is checked and not changed.
arc_identity::secret_text to_pfx(const arc_identity::key_vault_certificate& certificate);

/// Whether two PKCS #12 files contain the same certificates in the same order. Their bytes differ
/// each time one is created. False if either cannot be read.
bool holds_same_certificates(std::string_view pfx, std::string_view other);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_POSIX_CERTIFICATE_CONVERSION_HPP
