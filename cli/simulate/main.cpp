// SPDX-License-Identifier: MIT
//
// The program `arc-identity-simulate`, which `arc-identity` executes for its command `simulate`. It
// alone is linked to cpp-httplib, and so to OpenSSL.

#include <cstdio>
#include <string>

#include "command_table.hpp"
#include "companion_program.hpp"
#include "program_start.hpp"
#include "simulate/agent_directory.hpp"
#include "simulate/simulate_command.hpp"
#include "simulate/simulate_options.hpp"

namespace arc_identity_cli {
namespace {

/// If a command is given and no key directory, keys are placed where a real agent's are, if
/// possible.
int run_in_agent_directory(const simulate_command_options& options) {
  if (options.command.empty() || !options.agent.key_directory.empty()) return run_simulate(options);
  agent_directory directory;
  const std::string failure = directory.open();
  if (!failure.empty()) {
    std::fprintf(stderr, "arc-identity: %s\n", failure.c_str());
    return run_simulate(options);
  }
  simulate_command_options chosen = options;
  chosen.agent.key_directory = agent_directory::keys;
  return run_simulate(chosen);
}

constexpr command commands[] = {
    make_command<simulate_command_options, add_simulate_options, run_in_agent_directory>(
        simulate_command.name, simulate_command.help)};

}  // namespace
}  // namespace arc_identity_cli

// NOLINTNEXTLINE(bugprone-exception-escape): only lack of memory, or a bug, throws here.
int main(int argc, char** argv) {
  using namespace arc_identity_cli;
  occupy_standard_handles();
  return run_program("A stand-in for the Azure Arc agent", commands, argc, argv);
}
