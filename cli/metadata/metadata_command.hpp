// SPDX-License-Identifier: MIT
//
// `arc-identity metadata`: prints what the agent tells of its machine. It parses no arguments;
// metadata_options does.

#ifndef ARC_IDENTITY_CLI_METADATA_COMMAND_HPP
#define ARC_IDENTITY_CLI_METADATA_COMMAND_HPP

#include <string>

#include "agent_options.hpp"

namespace arc_identity_cli {

struct metadata_command_options : agent_options {
  /// Such as compute.tagsList[0].value; empty: the whole.
  std::string path;
};

/// Prints the whole or the member as JSON, a string as it is meant; or what went wrong, on standard
/// error. Gives the exit code (exit_code.hpp).
int run_metadata(const metadata_command_options& options);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_METADATA_COMMAND_HPP
