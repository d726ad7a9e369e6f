// SPDX-License-Identifier: MIT
//
// How the command under `simulate` finds its agent: placeholders in its arguments, and environment
// variables.

#ifndef ARC_IDENTITY_CLI_SIMULATE_COMMAND_SURROUNDINGS_HPP
#define ARC_IDENTITY_CLI_SIMULATE_COMMAND_SURROUNDINGS_HPP

#include <string>
#include <vector>

namespace arc_identity_cli {

class simulated_agent;

/// The arguments with {endpoint}, {imds-endpoint}, {port}, {key-directory}, {client-id},
/// {object-id} and {resource-id} replaced. The last three are those of the first user-assigned
/// identity or, if there is none, of the machine.
std::vector<std::string> with_placeholders_filled(std::vector<std::string> arguments,
                                                  const simulated_agent& agent);

/// "NAME=VALUE" for each variable of the command: `inherited` (as environ(7)) without variables
/// that lead an SDK to other credentials, the agent's two variables, the loopback names in NO_PROXY
/// and no_proxy, and the identities in ARC_IDENTITY_SIMULATED_CLIENT_ID, _OBJECT_ID and
/// _RESOURCE_ID (_2, _3 ... for further ones), and _MACHINE_CLIENT_ID and so on.
std::vector<std::string> command_environment(char** inherited, const simulated_agent& agent);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SIMULATE_COMMAND_SURROUNDINGS_HPP
