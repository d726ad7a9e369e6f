// SPDX-License-Identifier: MIT
//
// How the commands report errors.

#ifndef ARC_IDENTITY_CLI_COMPLAIN_HPP
#define ARC_IDENTITY_CLI_COMPLAIN_HPP

#include <string>

#include <arc_identity/core/error.hpp>

namespace arc_identity_cli {

/// The error's message, with the system's error as a text instead of its number.
std::string message_of(const arc_identity::error& error);

/// Prints the message on standard error; returns the exit code.
int complain(const arc_identity::error& error);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_COMPLAIN_HPP
