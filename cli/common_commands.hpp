// SPDX-License-Identifier: MIT
//
// The commands that `arc-identity` itself has on every system.

#ifndef ARC_IDENTITY_CLI_COMMON_COMMANDS_HPP
#define ARC_IDENTITY_CLI_COMMON_COMMANDS_HPP

#include "command_table.hpp"
#include "doctor/doctor_command.hpp"
#include "metadata/metadata_command.hpp"
#include "metadata/metadata_options.hpp"
#include "token/token_command.hpp"
#include "token/token_options.hpp"

namespace arc_identity_cli {

inline constexpr const char* program_description =
    "Access tokens from the Azure Arc agent of this machine";

inline constexpr command token_entry =
    make_command<token_command_options, add_token_options, run_token>(
        "token", "Get an access token and print it");
inline constexpr command metadata_entry =
    make_command<metadata_command_options, add_metadata_options, run_metadata>(
        "metadata", "Print the agent's metadata about this machine");
inline constexpr command doctor_entry =
    make_command<doctor_command_options, add_doctor_options, run_doctor>(
        "doctor", "Find out why this user cannot get a token, and what to do");

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_COMMON_COMMANDS_HPP
