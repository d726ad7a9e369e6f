// SPDX-License-Identifier: MIT
//
// The private key that belongs to a certificate in a store: one of CNG, or of its predecessor.

#ifndef ARC_IDENTITY_CLI_VAULT_WINDOWS_PRIVATE_KEY_HPP
#define ARC_IDENTITY_CLI_VAULT_WINDOWS_PRIVATE_KEY_HPP

#include <windows.h>

#include <wincrypt.h>

#include "vault/windows/file_access.hpp"

namespace arc_identity_cli {

/// Sets who may use the key. Throws a failure.
void set_key_access(PCCERT_CONTEXT certificate, const file_access& access);

/// Deletes the key from the machine, if it is still there. Throws a failure.
void delete_key(PCCERT_CONTEXT certificate);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_WINDOWS_PRIVATE_KEY_HPP
