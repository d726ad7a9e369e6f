// SPDX-License-Identifier: MIT

#ifndef ARC_IDENTITY_CLI_VAULT_SHELL_COMMAND_HPP
#define ARC_IDENTITY_CLI_VAULT_SHELL_COMMAND_HPP

#include <chrono>
#include <string>

namespace arc_identity_cli {

/// Runs the command in the system's shell (/bin/sh, cmd.exe), without input and with its output on
/// standard error. After `limit` it is stopped with the processes that it has started; on POSIX
/// they are asked to end first, and have two seconds. The same if this program is ended meanwhile.
/// Processes that the command leaves behind when it ends in time are left alone. Returns in words
/// why it did not succeed; empty if it did.
std::string run_shell_command(const std::string& command, std::chrono::milliseconds limit);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_SHELL_COMMAND_HPP
