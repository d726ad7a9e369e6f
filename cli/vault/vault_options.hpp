// SPDX-License-Identifier: MIT
//
// The arguments of `arc-identity secret` and `arc-identity certificate`, which both programs know:
// this one tells of them.

#ifndef ARC_IDENTITY_CLI_VAULT_OPTIONS_HPP
#define ARC_IDENTITY_CLI_VAULT_OPTIONS_HPP

#include <optional>
#include <string>

#include <arc_identity/key_vault/secret.hpp>

#include "agent_options.hpp"

namespace CLI {
class App;
}

namespace arc_identity_cli {

struct vault_command_options : agent_options {
  std::string name;
  std::string vault;
  /// Empty: the current one.
  std::string version;
  /// A file; empty: standard output.
  std::string output;
  /// A PEM file with the only CA certificates to trust; empty: the system's.
  std::string ca_file;
  /// Of a certificate; none: any.
  std::optional<arc_identity::certificate_format> format;
};

/// Declares the arguments on the subcommand. Parsing writes to options, which have to live until
/// then.
void add_secret_options(CLI::App& secret, vault_command_options& options);
void add_certificate_options(CLI::App& certificate, vault_command_options& options);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_OPTIONS_HPP
