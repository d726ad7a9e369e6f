// SPDX-License-Identifier: MIT
//
// The arguments of `arc-identity simulate`. They are separate from simulate_command, so that only
// simulate_options.cpp includes CLI11.

#ifndef ARC_IDENTITY_CLI_SIMULATE_OPTIONS_HPP
#define ARC_IDENTITY_CLI_SIMULATE_OPTIONS_HPP

namespace CLI {
class App;
}

namespace arc_identity_cli {

struct simulate_command_options;

/// Declares the arguments on the subcommand `simulate`. Parsing writes to `options`, which must
/// stay alive until then.
void add_simulate_options(CLI::App& simulate, simulate_command_options& options);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SIMULATE_OPTIONS_HPP
