// SPDX-License-Identifier: MIT
//
// The checks of `arc-identity doctor` that differ between POSIX and Windows, and their remedies.

#ifndef ARC_IDENTITY_CLI_DOCTOR_POSIX_MACHINE_CHECKS_HPP
#define ARC_IDENTITY_CLI_DOCTOR_POSIX_MACHINE_CHECKS_HPP

#include "doctor/doctor_finding.hpp"
#include "doctor/posix/machine_facts.hpp"

namespace arc_identity_cli {

inline constexpr const char* start_agent =
    "Start the agent: systemctl start himdsd; its log: journalctl -u himdsd";
inline constexpr const char* container_remedy =
    "Run the container in the host's network (--network host) and mount the key directory "
    "(-v /var/opt/azcmagent/tokens:/var/opt/azcmagent/tokens:ro)";

/// Where the agent is.
finding check_variables(const machine_facts& facts);
/// Whether it runs.
finding check_agent(const machine_facts& facts);
/// Who listens on its port.
finding check_listener(const machine_facts& facts);
/// Whether the owner of a connection can be determined.
finding check_owners(const machine_facts& facts);
/// Whether this user can read the keys.
finding check_key_directory(const machine_facts& facts);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_DOCTOR_POSIX_MACHINE_CHECKS_HPP
