// SPDX-License-Identifier: MIT
//
// The program `arc-identity-simulate`, which `arc-identity` becomes for its command `simulate`: the
// only one that is linked to cpp-httplib, and so to OpenSSL.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include <arc_identity/version.hpp>

#include "companion_program.hpp"
#include "program_start.hpp"
#include "simulate/agent_directory.hpp"
#include "simulate/simulate_command.hpp"
#include "simulate/simulate_options.hpp"
#include "usage.hpp"

// NOLINTNEXTLINE(bugprone-exception-escape): without memory, or with a mistake here, it may end so.
int main(int argc, char** argv) {
  arc_identity_cli::occupy_standard_handles();
  CLI::App app("A stand-in for the Azure Arc agent", "arc-identity");
  app.set_version_flag("--version", "arc-identity " ARC_IDENTITY_VERSION);
  app.require_subcommand(1);
  app.formatter(arc_identity_cli::usage_formatter());

  const auto& command = arc_identity_cli::simulate_command;
  arc_identity_cli::simulate_command_options options;
  add_simulate_options(*app.add_subcommand(command.name, command.help), options);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return arc_identity_cli::explain(app, problem);
  }
  arc_identity_cli::agent_directory directory;
  const bool for_command = !options.command.empty() && options.agent.key_directory.empty();
  if (for_command) {
    const std::string failure = directory.open();
    if (failure.empty())
      options.agent.key_directory = arc_identity_cli::agent_directory::keys;
    else
      std::fprintf(stderr, "arc-identity: %s\n", failure.c_str());
  }
  return run_simulate(options);
}
