// SPDX-License-Identifier: MIT
//
// The program `arc-identity-vault`, which `arc-identity` becomes for its commands `secret`,
// `secrets` and `certificate`: the only one that is linked to libcurl and OpenSSL.

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
  arc_identity_cli::drop_untrusted_variables();
  CLI::App app("Secrets and certificates from Azure Key Vault", "arc-identity");
  app.set_version_flag("--version", "arc-identity " ARC_IDENTITY_VERSION);
  app.require_subcommand(1);
  app.formatter(arc_identity_cli::usage_formatter());

  using namespace arc_identity_cli;
  vault_command_options options;
  int (*run)(const vault_command_options&) = nullptr;
  const auto add = [&](const companion_command& command, auto add_options, auto* run_it) {
    CLI::App* const added = app.add_subcommand(command.name, command.help);
    add_options(*added, options);
    added->callback([&run, run_it] { run = run_it; });
  };
  add(secret_command, add_secret_options, run_secret);
  add(secrets_command, add_secrets_options, run_secrets);
  add(certificate_command, add_certificate_options, run_certificate);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return explain(app, problem);
  }
  return run(options);
}
