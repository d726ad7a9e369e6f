// SPDX-License-Identifier: MIT

#ifndef ARC_IDENTITY_CLI_VAULT_POSIX_SHELL_COMMAND_HPP
#define ARC_IDENTITY_CLI_VAULT_POSIX_SHELL_COMMAND_HPP

#include <chrono>
#include <string>

namespace arc_identity_cli {

/// Runs the command in /bin/sh, in a process group of its own, without input and with its output on
/// standard error. After `limit` the group is asked to end, and two seconds later it is killed; the
/// same if a signal ends this program meanwhile. Processes that the command leaves behind when it
/// ends in time are left alone. Returns in words why it did not succeed; empty if it did.
std::string run_shell_command(const std::string& command, std::chrono::milliseconds limit);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_POSIX_SHELL_COMMAND_HPP
