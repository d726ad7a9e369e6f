// SPDX-License-Identifier: MIT
//
// What `delivery` needs of the system.

#ifndef ARC_IDENTITY_CLI_VAULT_TARGET_FILE_HPP
#define ARC_IDENTITY_CLI_VAULT_TARGET_FILE_HPP

#if defined(_WIN32)
#include "vault/windows/signals_held.hpp"
#include "vault/windows/target_file.hpp"
#else
#include "vault/posix/signals_held.hpp"
#include "vault/posix/target_file.hpp"
#endif

#endif  // ARC_IDENTITY_CLI_VAULT_TARGET_FILE_HPP
