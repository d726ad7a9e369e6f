// SPDX-License-Identifier: MIT
//
// Shell completions, generated from the same declarations as --help.

#ifndef ARC_IDENTITY_CLI_COMPLETIONS_HPP
#define ARC_IDENTITY_CLI_COMPLETIONS_HPP

#include <string>

namespace CLI {
class App;
}

namespace arc_identity_cli {

std::string bash_completion(const CLI::App& program);

std::string zsh_completion(const CLI::App& program);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_COMPLETIONS_HPP
