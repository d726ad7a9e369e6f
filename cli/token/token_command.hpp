// SPDX-License-Identifier: MIT
//
// `arc-identity token`: gets one token and prints it. It parses no arguments; token_options does.

#ifndef ARC_IDENTITY_CLI_TOKEN_COMMAND_HPP
#define ARC_IDENTITY_CLI_TOKEN_COMMAND_HPP

#include <chrono>
#include <string>

#include "agent_options.hpp"

namespace arc_identity_cli {

enum class token_format { raw, json, header, exec_credential };

struct token_command_options : agent_options {
  std::string resource;
  token_format format = token_format::raw;
};

/// UTC in the format of RFC 3339, for the years 1970 to 9999.
std::string timestamp(std::chrono::seconds since_1970);

/// Prints the token on standard output, or an error on standard error; returns the exit code
/// (exit_code.hpp).
int run_token(const token_command_options& options);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_TOKEN_COMMAND_HPP
