// SPDX-License-Identifier: MIT
//
// Names of users and groups, which the library does not look up: it gives numbers.

#ifndef ARC_IDENTITY_CLI_USER_NAMES_HPP
#define ARC_IDENTITY_CLI_USER_NAMES_HPP

#include <cstdint>
#include <string>

namespace arc_identity_cli {

/// As a file in the form of passwd(5) or group(5) has it: "himds (998)", or "998" where it does
/// not.
std::string name_of(const std::string& file, std::uint64_t id);

/// A message with the names of the users that are in it: "user 1001" becomes "user mallory (1001)".
std::string with_user_names(std::string message, const std::string& passwd = "/etc/passwd");

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_USER_NAMES_HPP
