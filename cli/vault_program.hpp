// SPDX-License-Identifier: MIT
//
// The commands that need HTTPS are a program of their own, arc-identity-vault, in the folder of
// this one: so `arc-identity token` never loads libcurl. Its sources are in vault/.

#ifndef ARC_IDENTITY_CLI_VAULT_PROGRAM_HPP
#define ARC_IDENTITY_CLI_VAULT_PROGRAM_HPP

namespace arc_identity_cli {

struct vault_command {
  const char* name;
  const char* help;
};

inline constexpr vault_command vault_commands[] = {
    {"secret", "Get a secret from Azure Key Vault and print it, or write it to a file"},
    {"certificate", "Get a certificate and its private key from Azure Key Vault into a file"}};

/// Whether the first argument is one of them.
bool is_vault_command(int count, const char* const* arguments);

/// Becomes arc-identity-vault, with the same arguments. Where that cannot be run, tells why and
/// gives the exit code.
int run_vault_program(char** arguments);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_PROGRAM_HPP
