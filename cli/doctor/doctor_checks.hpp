// SPDX-License-Identifier: MIT
//
// The checks of `arc-identity doctor`: each examines the surroundings or queries the agent, and
// returns what it found and what to do. None prints or changes anything.

#ifndef ARC_IDENTITY_CLI_DOCTOR_CHECKS_HPP
#define ARC_IDENTITY_CLI_DOCTOR_CHECKS_HPP

#include <vector>

#include "doctor/doctor_finding.hpp"
#include "doctor/doctor_surroundings.hpp"

namespace arc_identity_cli {

/// All checks in order, from the basic ones to a whole exchange for a token. The exchange is
/// skipped if another program listens on the agent's port: on Windows it would get the key.
std::vector<finding> examine(const doctor_surroundings& here);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_DOCTOR_CHECKS_HPP
