// SPDX-License-Identifier: MIT
//
// The arguments of `arc-identity secret`, `secrets` and `certificate`. Two programs use them: one
// parses them, the other shows them in its help.

#ifndef ARC_IDENTITY_CLI_VAULT_OPTIONS_HPP
#define ARC_IDENTITY_CLI_VAULT_OPTIONS_HPP

#include <optional>
#include <string>

#include <arc_identity/key_vault/secret.hpp>

#include "agent_options.hpp"
#include "vault/delivery.hpp"

namespace CLI {
class App;
}

namespace arc_identity_cli {

struct vault_command_options : agent_options {
  /// A name in the vault, or an identifier, which is a URL.
  std::string name;
  /// Empty: the identifier's.
  std::string vault;
  /// Empty: the identifier's, or the current one.
  std::string version;
  std::string api_version;
  /// The token's resource; empty: the one that the vault names.
  std::string resource;
  /// A PEM file with the only CA certificates to trust; empty: the system's.
  std::string ca_file;
  /// A file, or a descriptor such as /dev/fd/N; empty: standard output.
  std::string output;
  /// The same for a certificate's private key; empty: with the certificate.
  std::string key_output;
  /// The format of a certificate; none: as the vault stores it.
  std::optional<arc_identity::certificate_format> format;
  /// Windows: a certificate store, such as LocalMachine\My; empty: none.
  std::string store;
  /// Windows: remove certificates that earlier runs renewed.
  bool remove_old = false;
  delivery_options delivery;
};

/// Declares the arguments on the subcommand. Parsing writes to `options`, which must stay alive
/// until then.
void add_secret_options(CLI::App& secret, vault_command_options& options);
void add_secrets_options(CLI::App& secrets, vault_command_options& options);
void add_certificate_options(CLI::App& certificate, vault_command_options& options);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_OPTIONS_HPP
