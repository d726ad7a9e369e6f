// SPDX-License-Identifier: MIT

#ifndef ARC_IDENTITY_CLI_DOCTOR_WINDOWS_DOCTOR_SURROUNDINGS_HPP
#define ARC_IDENTITY_CLI_DOCTOR_WINDOWS_DOCTOR_SURROUNDINGS_HPP

#include "doctor/agent_checks.hpp"

namespace arc_identity_cli {

/// This machine and this user. The checks query them directly.
struct doctor_surroundings : doctor_arguments {};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_DOCTOR_WINDOWS_DOCTOR_SURROUNDINGS_HPP
