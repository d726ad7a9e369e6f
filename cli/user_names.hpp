// SPDX-License-Identifier: MIT
//
// Names of users and groups, which the library does not look up.

#ifndef ARC_IDENTITY_CLI_USER_NAMES_HPP
#define ARC_IDENTITY_CLI_USER_NAMES_HPP

#include <cstdint>
#include <string>

namespace arc_identity_cli {

/// The name of an id, from a file in the format of passwd(5) or group(5): "himds (998)", or "998"
/// if there is no entry.
std::string name_of(const std::string& file, std::uint64_t id);

/// A message with users' names added: "user 1001" becomes "user mallory (1001)".
std::string with_user_names(std::string message, const std::string& passwd = "/etc/passwd");

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_USER_NAMES_HPP
