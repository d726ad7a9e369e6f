// SPDX-License-Identifier: MIT
//
// The private key of a certificate in a store: in CNG, or in the older CryptoAPI.

#ifndef ARC_IDENTITY_CLI_VAULT_WINDOWS_PRIVATE_KEY_HPP
#define ARC_IDENTITY_CLI_VAULT_WINDOWS_PRIVATE_KEY_HPP

#include <windows.h>

#include <wincrypt.h>

#include "vault/windows/file_access.hpp"

namespace arc_identity_cli {

/// Sets the accounts that can use the key. Throws a failure.
void set_key_access(PCCERT_CONTEXT certificate, const file_access& access);

/// Deletes the key from the machine, if it still exists. Throws a failure.
void delete_key(PCCERT_CONTEXT certificate);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_WINDOWS_PRIVATE_KEY_HPP
