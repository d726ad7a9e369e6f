// SPDX-License-Identifier: MIT
//
// `arc-identity metadata`: prints the agent's metadata about its machine. It parses no arguments;
// metadata_options does.

#ifndef ARC_IDENTITY_CLI_METADATA_COMMAND_HPP
#define ARC_IDENTITY_CLI_METADATA_COMMAND_HPP

#include <string>

#include "agent_options.hpp"

namespace arc_identity_cli {

struct metadata_command_options : agent_options {
  /// The member to print, such as compute.tagsList[0].value; empty: all.
  std::string path;
};

/// Prints the document or the member as JSON (a string decoded), or an error on standard error.
/// Returns the exit code (exit_code.hpp).
int run_metadata(const metadata_command_options& options);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_METADATA_COMMAND_HPP
