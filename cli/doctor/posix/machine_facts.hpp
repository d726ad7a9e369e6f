// SPDX-License-Identifier: MIT
//
// What the checks of `arc-identity doctor` know about this machine before they begin.

#ifndef ARC_IDENTITY_CLI_DOCTOR_POSIX_MACHINE_FACTS_HPP
#define ARC_IDENTITY_CLI_DOCTOR_POSIX_MACHINE_FACTS_HPP

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "doctor/agent_checks.hpp"
#include "doctor/posix/doctor_surroundings.hpp"

namespace arc_identity_cli {

/// The users whose programs listen on the agent's addresses.
struct listeners {
  bool is_known = true;
  int system_error = 0;                ///< Why the users are not known; may be 0.
  bool is_trusted = false;             ///< There is a user, and all are root or himds.
  std::vector<std::uint32_t> users{};  ///< Each once.

  bool is_only(uid_t user) const { return users == std::vector<std::uint32_t>{user}; }
};

/// What several checks need, found out once.
struct machine_facts {
  explicit machine_facts(const doctor_surroundings& surroundings);
  machine_facts(const machine_facts&) = delete;
  machine_facts& operator=(const machine_facts&) = delete;

  bool is_container() const { return !container.empty(); }

  const doctor_surroundings& here;
  const doctor_location location;
  const std::string container;  ///< The sign that this is a container; empty if there is none.
  const listeners at_port;
  const asked_metadata metadata;
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_DOCTOR_POSIX_MACHINE_FACTS_HPP
