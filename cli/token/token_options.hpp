// SPDX-License-Identifier: MIT
//
// The arguments of `arc-identity token`.

#ifndef ARC_IDENTITY_CLI_TOKEN_OPTIONS_HPP
#define ARC_IDENTITY_CLI_TOKEN_OPTIONS_HPP

namespace CLI {
class App;
}

namespace arc_identity_cli {

struct token_command_options;

/// Declares the arguments on the subcommand `token`. Parsing writes to `options`, which must stay
/// alive until then.
void add_token_options(CLI::App& token, token_command_options& options);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_TOKEN_OPTIONS_HPP
