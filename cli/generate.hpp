// SPDX-License-Identifier: MIT
//
// Completions for shells and the manual page, from the same declarations as --help.

#ifndef ARC_IDENTITY_CLI_GENERATE_HPP
#define ARC_IDENTITY_CLI_GENERATE_HPP

#include <string>

namespace CLI {
class App;
}

namespace arc_identity_cli {

std::string bash_completion(const CLI::App& program);
std::string zsh_completion(const CLI::App& program);
/// For man(1), in man(7)'s macros.
std::string manual_page(const CLI::App& program);

/// Declares the hidden option --generate bash|zsh|man, which prints one of them and ends the
/// program. For the build.
void add_generate_option(CLI::App& program);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_GENERATE_HPP
