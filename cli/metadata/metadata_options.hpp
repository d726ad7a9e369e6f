// SPDX-License-Identifier: MIT
//
// The arguments of `arc-identity metadata`.

#ifndef ARC_IDENTITY_CLI_METADATA_OPTIONS_HPP
#define ARC_IDENTITY_CLI_METADATA_OPTIONS_HPP

namespace CLI {
class App;
}

namespace arc_identity_cli {

struct metadata_command_options;

/// Declares the arguments on the subcommand `metadata`. Parsing writes to `options`, which must
/// stay alive until then.
void add_metadata_options(CLI::App& metadata, metadata_command_options& options);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_METADATA_OPTIONS_HPP
