// SPDX-License-Identifier: MIT
//
// The program `arc-identity-vault`, which `arc-identity` becomes for its commands `secret` and
// `certificate`: the only one that is linked to libcurl.

#include <CLI/CLI.hpp>

#include <arc_identity/version.hpp>

#include "companion_program.hpp"
#include "program_start.hpp"
#include "usage.hpp"
#include "vault/vault_commands.hpp"
#include "vault/vault_options.hpp"

// NOLINTNEXTLINE(bugprone-exception-escape): without memory, or with a mistake here, it may end so.
int main(int argc, char** argv) {
  arc_identity_cli::occupy_standard_handles();
  CLI::App app("Secrets and certificates from Azure Key Vault", "arc-identity");
  app.set_version_flag("--version", "arc-identity " ARC_IDENTITY_VERSION);
  app.require_subcommand(1);
  app.formatter(arc_identity_cli::usage_formatter());

  using arc_identity_cli::certificate_command;
  using arc_identity_cli::secret_command;
  arc_identity_cli::vault_command_options options;
  CLI::App* const secret = app.add_subcommand(secret_command.name, secret_command.help);
  add_secret_options(*secret, options);
  CLI::App* const certificate =
      app.add_subcommand(certificate_command.name, certificate_command.help);
  add_certificate_options(*certificate, options);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return arc_identity_cli::explain(app, problem);
  }
  return secret->parsed() ? run_secret(options) : run_certificate(options);
}
