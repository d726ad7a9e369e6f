// SPDX-License-Identifier: MIT
//
// The hidden option --generate, for the build.

#ifndef ARC_IDENTITY_CLI_GENERATE_HPP
#define ARC_IDENTITY_CLI_GENERATE_HPP

namespace CLI {
class App;
}

namespace arc_identity_cli {

/// Declares the option --generate bash|zsh|man, which prints a shell's completions or the manual
/// page and ends the program.
void add_generate_option(CLI::App& program);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_GENERATE_HPP
