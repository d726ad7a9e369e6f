// SPDX-License-Identifier: MIT
//
// `arc-identity secret` and `arc-identity certificate`. They parse no arguments; vault_options
// does.

#ifndef ARC_IDENTITY_CLI_VAULT_VAULT_COMMANDS_HPP
#define ARC_IDENTITY_CLI_VAULT_VAULT_COMMANDS_HPP

#include "vault/vault_options.hpp"

namespace arc_identity_cli {

/// Prints the secret and a newline on standard output, or writes the secret as it is to the output
/// file. What went wrong is told on standard error; gives the exit code (exit_code.hpp).
int run_secret(const vault_command_options& options);

/// Writes the certificate and its private key to the output file, as the vault delivers them.
int run_certificate(const vault_command_options& options);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_VAULT_COMMANDS_HPP
