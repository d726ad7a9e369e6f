// SPDX-License-Identifier: MIT
//
// The environment of a command that gets its tokens from `simulate` or `serve`.

#ifndef ARC_IDENTITY_CLI_POSIX_COMMAND_VARIABLES_HPP
#define ARC_IDENTITY_CLI_POSIX_COMMAND_VARIABLES_HPP

#include <map>
#include <string>
#include <vector>

namespace arc_identity_cli {

using command_variables = std::map<std::string, std::string>;

/// The variables (as environ(7)) without those that lead an SDK to other credentials.
command_variables without_credentials(char** inherited);

/// Adds hosts, separated by commas, to NO_PROXY and no_proxy.
void exempt_from_proxies(command_variables& all, const std::string& hosts);

/// "NAME=VALUE" for each variable.
std::vector<std::string> entries_of(const command_variables& all);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_POSIX_COMMAND_VARIABLES_HPP
