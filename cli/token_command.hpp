// SPDX-License-Identifier: MIT
//
// `arc-identity token`: gets one token and prints it. It parses no arguments; token_options does.

#ifndef ARC_IDENTITY_CLI_TOKEN_COMMAND_HPP
#define ARC_IDENTITY_CLI_TOKEN_COMMAND_HPP

#include <chrono>
#include <string>

namespace arc_identity_cli {

enum class token_format { raw, json, header };

struct token_command_options {
  std::string resource;
  /// One of the three at most; all empty: the system-assigned identity.
  std::string client_id;
  std::string object_id;
  std::string resource_id;
  token_format format = token_format::raw;
  /// Empty: found on this machine.
  std::string endpoint;
  std::string key_directory;
  std::chrono::milliseconds timeout{30'000};
  /// Send nothing to a listener of another user than root or himds.
  bool verify_agent = false;
  /// Tell each step of the exchange on standard error.
  bool verbose = false;
};

/// The exit codes of the program.
enum exit_code {
  exit_done = 0,
  exit_failed = 1,
  exit_usage = 2,
  exit_not_arc = 3,
  exit_denied = 4
};

/// Prints the token on standard output, or what went wrong on standard error; gives the exit code.
int run_token(const token_command_options& options);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_TOKEN_COMMAND_HPP
