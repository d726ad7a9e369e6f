// SPDX-License-Identifier: MIT
//
// A Windows certificate store. A certificate's origin is stored in its description, which
// administrators can see.

#ifndef ARC_IDENTITY_CLI_VAULT_WINDOWS_CERTIFICATE_STORE_HPP
#define ARC_IDENTITY_CLI_VAULT_WINDOWS_CERTIFICATE_STORE_HPP

#include <windows.h>

#include <wincrypt.h>

#include <memory>
#include <string>
#include <string_view>

#include "windows/handle.hpp"

namespace arc_identity_cli {

using certificate_pointer =
    std::unique_ptr<const CERT_CONTEXT, free_with<CertFreeCertificateContext>>;

inline void close_store(void* store) { CertCloseStore(store, 0); }
using store_pointer = std::unique_ptr<void, free_with<close_store>>;

/// The bytes of a property; empty if the certificate has none with this id.
std::string certificate_property(PCCERT_CONTEXT certificate, DWORD id);

/// The SHA-1 of the certificate, by which Windows identifies it, in upper-case hexadecimal digits.
std::string thumbprint_of(PCCERT_CONTEXT certificate);

class certificate_store {
 public:
  /// `name` is LocalMachine\NAME or CurrentUser\NAME. Throws a failure if it cannot be written to,
  /// as the other functions do.
  explicit certificate_store(const std::string& name);

  /// Imports the certificate of a PFX without a password, with its private key, and its issuers
  /// into the store CA; roots are not imported. A certificate that already exists with its key is
  /// kept, and `is_new` is false. `origin` is the vault item that it is a version of: older
  /// certificates of the same origin are marked as renewed by it.
  certificate_pointer import(std::string_view pfx, const std::string& origin, bool& is_new);

  /// Whether finish() has not been called for it since import().
  static bool is_unfinished(PCCERT_CONTEXT certificate, const std::string& origin);
  /// Records in the store that the steps after the import are done.
  void finish(PCCERT_CONTEXT certificate, const std::string& origin) const;

  /// Removes certificates of the same origin that import() added and that are marked as renewed,
  /// with their keys. For the run after the renewal: by then services use the new one.
  void remove_renewed(const std::string& origin);

 private:
  certificate_pointer find(PCCERT_CONTEXT certificate) const;
  certificate_pointer add(std::string_view pfx);
  void commit() const;
  void mark_as_renewed_by(PCCERT_CONTEXT certificate, const std::string& origin) const;

  DWORD location_ = 0;
  store_pointer store_;
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_WINDOWS_CERTIFICATE_STORE_HPP
