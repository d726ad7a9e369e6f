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

/// Declares the arguments on the subcommand `serve`. Parsing writes to `options`, which must stay
/// alive until then.
void add_serve_options(CLI::App& serve, serve_command_options& options);

/// What is wrong with the combination of options that are valid by themselves, or "".
std::string check_together(const serve_command_options& options);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SERVE_SERVE_OPTIONS_HPP
