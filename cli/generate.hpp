// SPDX-License-Identifier: MIT
//
// Shell completions and the manual page, from the same declarations as --help.

#ifndef ARC_IDENTITY_CLI_GENERATE_HPP
#define ARC_IDENTITY_CLI_GENERATE_HPP

#include <string>

namespace CLI {
class App;
}

namespace arc_identity_cli {

std::string bash_completion(const CLI::App& program);
std::string zsh_completion(const CLI::App& program);
/// For man(1), with the macros of man(7).
std::string manual_page(const CLI::App& program);

/// Declares the hidden option --generate bash|zsh|man for the build, which prints one of them and
/// ends the program.
void add_generate_option(CLI::App& program);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_GENERATE_HPP
