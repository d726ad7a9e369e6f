// SPDX-License-Identifier: MIT
//
// `arc-identity secret`, `secrets` and `certificate`. They parse no arguments; vault_options does.

#ifndef ARC_IDENTITY_CLI_VAULT_VAULT_COMMANDS_HPP
#define ARC_IDENTITY_CLI_VAULT_VAULT_COMMANDS_HPP

#include "vault/vault_options.hpp"

namespace arc_identity_cli {

/// Prints the secret and a newline on standard output, or delivers the unchanged secret to the
/// output file. Prints errors on standard error; returns the exit code (exit_code.hpp).
int run_secret(const vault_command_options& options);

/// Prints a line for each secret of the vault: its name, content type, whether it is enabled, and
/// its expiry, separated by tabs, with "-" for unset values.
int run_secrets(const vault_command_options& options);

/// Delivers the certificate and its private key to the output files.
int run_certificate(const vault_command_options& options);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_VAULT_COMMANDS_HPP
