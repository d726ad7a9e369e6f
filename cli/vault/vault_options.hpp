// SPDX-License-Identifier: MIT
//
// The arguments of `arc-identity secret` and `arc-identity certificate`.

#ifndef ARC_IDENTITY_CLI_VAULT_VAULT_OPTIONS_HPP
#define ARC_IDENTITY_CLI_VAULT_VAULT_OPTIONS_HPP

namespace CLI {
class App;
}

namespace arc_identity_cli {

struct vault_command_options;

/// Declares the arguments on the subcommand. Parsing writes to options, which have to live until
/// then.
void add_secret_options(CLI::App& secret, vault_command_options& options);
void add_certificate_options(CLI::App& certificate, vault_command_options& options);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_VAULT_OPTIONS_HPP
