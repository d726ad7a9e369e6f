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
  /// The file that gets a line of JSON for each request (simulated_agent_options::json_log); "":
  /// none.
  std::string log_file;
};

/// With a command: runs it, forwards SIGINT, SIGTERM and SIGHUP to it, and returns its exit code,
/// 128 + N if signal N ended it, or 127 if it cannot be run. Only the command writes to standard
/// output.
///
/// Without: prints shell assignments for the two variables and for key_directory, which a script
/// can read line by line, serves, and returns 0.
///
/// Returns 1 if the agent cannot be started. Errors are printed on standard error.
int run_simulate(const simulate_command_options& options);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SIMULATE_COMMAND_HPP
