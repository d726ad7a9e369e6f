// SPDX-License-Identifier: MIT
//
// The program `arc-identity`: picks the subcommand. What each does is in its own file.

#include <CLI/CLI.hpp>

#include <arc_identity/version.hpp>

#include "doctor_command.hpp"
#include "generate.hpp"
#include "metadata_command.hpp"
#include "metadata_options.hpp"
#include "program_start.hpp"
#include "simulate_command.hpp"
#include "simulate_options.hpp"
#include "token_command.hpp"
#include "token_options.hpp"
#include "usage.hpp"
#include "vault_options.hpp"
#include "vault_program.hpp"

// NOLINTNEXTLINE(bugprone-exception-escape): without memory, or with a mistake here, it may end so.
int main(int argc, char** argv) {
  arc_identity_cli::occupy_standard_handles();
  if (arc_identity_cli::is_vault_command(argc, argv)) {
    return arc_identity_cli::run_vault_program(argv);
  }
  CLI::App app("Access tokens from the Azure Arc agent of this machine", "arc-identity");
  app.set_version_flag("--version", "arc-identity " ARC_IDENTITY_VERSION);
  app.require_subcommand(1);
  app.formatter(arc_identity_cli::usage_formatter());
  arc_identity_cli::add_generate_option(app);

  arc_identity_cli::token_command_options token_options;
  CLI::App* const token = app.add_subcommand("token", "Get an access token and print it");
  add_token_options(*token, token_options);

  arc_identity_cli::metadata_command_options metadata_options;
  CLI::App* const metadata =
      app.add_subcommand("metadata", "Print what the agent tells of this machine");
  add_metadata_options(*metadata, metadata_options);

  arc_identity_cli::doctor_command_options doctor_options;
  CLI::App* const doctor =
      app.add_subcommand("doctor", "Say why this user gets no token here, and what to do");
  add_doctor_options(*doctor, doctor_options);

  arc_identity_cli::simulate_command_options simulate_options;
  CLI::App* const simulate =
      app.add_subcommand("simulate", "Stand in for the agent, for demonstrations and tests");
  add_simulate_options(*simulate, simulate_options);

  const auto& [secret, certificate] = arc_identity_cli::vault_commands;
  arc_identity_cli::vault_command_options vault_options;
  add_secret_options(*app.add_subcommand(secret.name, secret.help), vault_options);
  add_certificate_options(*app.add_subcommand(certificate.name, certificate.help), vault_options);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return arc_identity_cli::explain(app, problem);
  }
  if (token->parsed()) return run_token(token_options);
  if (metadata->parsed()) return run_metadata(metadata_options);
  if (doctor->parsed()) return run_doctor(doctor_options);
  if (simulate->parsed()) return run_simulate(simulate_options);
  return arc_identity_cli::run_vault_program(argv);
}
