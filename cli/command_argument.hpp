// SPDX-License-Identifier: MIT
//
// "-- COMMAND" at the end of the arguments.

#ifndef ARC_IDENTITY_CLI_COMMAND_ARGUMENT_HPP
#define ARC_IDENTITY_CLI_COMMAND_ARGUMENT_HPP

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace arc_identity_cli {

// With allow_extra_args, CLI11 would split an argument such as [a]. Once an option has all its
// values, CLI11 passes arguments that name a subcommand, such as "token", to the parent. Therefore
// the option expects more values than it can get, which CLI11 accepts because it is not required.
inline void add_command_argument(CLI::App& app, std::vector<std::string>& command,
                                 const char* help) {
  constexpr int unlimited = CLI::detail::expected_max_vector_size;
  app.add_option("COMMAND", command, help)
      ->expected(unlimited - 1, unlimited)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
}

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_COMMAND_ARGUMENT_HPP
