// SPDX-License-Identifier: MIT
//
// A certificate store of Windows. Where a certificate comes from is noted in its description, which
// an administrator sees.

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

/// The bytes of a property; empty where the certificate has none of this id.
std::string certificate_property(PCCERT_CONTEXT certificate, DWORD id);

/// The SHA-1 of the certificate, by which Windows names it, in upper-case hexadecimal digits.
std::string thumbprint_of(PCCERT_CONTEXT certificate);

class certificate_store {
 public:
  /// `name` is LocalMachine\NAME or CurrentUser\NAME. Throws a failure where it cannot be written
  /// to, as the other functions do.
  explicit certificate_store(const std::string& name);

  /// Puts the certificate of a PFX without a password there, with its private key, and those that
  /// issued it into the store CA beside; roots are not trusted for it. One that is there with its
  /// key already is left alone, which `is_new` says. `origin` names what it is a version of: those
  /// that came of the same before are marked as renewed by it.
  certificate_pointer import(std::string_view pfx, const std::string& origin, bool& is_new);

  /// Whether finish() has not been called for it since import() put it there.
  static bool is_unfinished(PCCERT_CONTEXT certificate, const std::string& origin);
  /// Notes in the store that what had to follow the import has been done.
  void finish(PCCERT_CONTEXT certificate, const std::string& origin) const;

  /// Removes those that import() brought of the same origin and that are marked as renewed, with
  /// their keys. For the run after the one that renewed them: by then services have followed.
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
