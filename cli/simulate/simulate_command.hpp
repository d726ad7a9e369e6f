// SPDX-License-Identifier: MIT
//
// `arc-identity simulate`: runs a program against a simulated agent, or serves until it is
// interrupted. It parses no arguments; simulate_options does.

#ifndef ARC_IDENTITY_CLI_SIMULATE_COMMAND_HPP
#define ARC_IDENTITY_CLI_SIMULATE_COMMAND_HPP

#include <string>
#include <vector>

#include "simulate/simulated_agent.hpp"

namespace arc_identity_cli {

struct simulate_command_options {
  simulated_agent_options agent;
  /// The program and its arguments, with the placeholders and variables of
  /// command_surroundings.hpp; empty: serve until SIGINT, SIGTERM or SIGHUP.
  std::vector<std::string> command;
  /// Log each request to standard error.
  bool verbose = false;
  /// Receives a JSON object per line for each request (simulated_agent_options::json_log); "":
  /// none.
  std::string log_file;
};

/// With a command: runs it, hands SIGINT, SIGTERM and SIGHUP on to it, and gives its exit code, or
/// 128 + N where signal N ended it, or 127 where it cannot be run. Standard output is left to the
/// command.
///
/// Without: prints shell assignments for the two variables and for key_directory, which a script
/// can read line by line, serves, and gives 0.
///
/// 1 where the agent cannot be started. What went wrong is told on standard error.
int run_simulate(const simulate_command_options& options);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SIMULATE_COMMAND_HPP
