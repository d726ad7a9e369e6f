// SPDX-License-Identifier: MIT

#ifndef ARC_IDENTITY_CLI_VAULT_SHELL_COMMAND_HPP
#define ARC_IDENTITY_CLI_VAULT_SHELL_COMMAND_HPP

#include <chrono>
#include <string>

namespace arc_identity_cli {

/// Runs the command in the system's shell (/bin/sh, cmd.exe), without input and with its output on
/// standard error. After `limit`, or if this program is ended, the command and the processes that
/// it started are stopped; on POSIX they get SIGTERM first, and two seconds. Processes that the
/// command leaves running when it ends in time are not stopped. Returns why it did not succeed;
/// empty if it did.
std::string run_shell_command(const std::string& command, std::chrono::milliseconds limit);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_SHELL_COMMAND_HPP
