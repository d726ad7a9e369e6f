// SPDX-License-Identifier: MIT
//
// The arguments of `arc-identity serve`.

#ifndef ARC_IDENTITY_CLI_SERVE_SERVE_OPTIONS_HPP
#define ARC_IDENTITY_CLI_SERVE_SERVE_OPTIONS_HPP

#include <string>

namespace CLI {
class App;
}

namespace arc_identity_cli {

struct serve_command_options;

/// Declares the arguments on the subcommand `serve`. Parsing writes to options, which have to live
/// until then.
void add_serve_options(CLI::App& serve, serve_command_options& options);

/// What is wrong with options that are valid each for itself, or "".
std::string check_together(const serve_command_options& options);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SERVE_SERVE_OPTIONS_HPP
