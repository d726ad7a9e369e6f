// SPDX-License-Identifier: MIT

#include "doctor/doctor_checks.hpp"

#include <vector>

#include "doctor/agent_checks.hpp"
#include "doctor/posix/machine_checks.hpp"

namespace arc_identity_cli {
namespace {

using status = finding_status;

finding check_container(const machine_facts& facts) {
  constexpr const char* name = "container";
  if (!facts.is_container()) return {name, status::ok, "this does not look like a container", ""};
  return {name, status::note,
          "this is a container (" + facts.container +
              "): the agent and its keys are on the host and may not be visible here",
          facts.metadata.is_there() || !facts.location.is_known() ? "" : container_remedy};
}

finding check_metadata(const machine_facts& facts) { return facts.metadata.check(); }

finding check_clock(const machine_facts& facts) {
  return facts.metadata.check_clock("Set the clock (timedatectl, chronyc tracking)");
}

finding check_proxy(const machine_facts& facts) { return check_proxies(facts.here.variable); }

finding check_token(const machine_facts& facts) {
  constexpr const char* name = "token";
  if (!facts.location.is_known()) return unknown(name);
  const listeners& found = facts.at_port;
  if (!found.users.empty() && !found.is_trusted && !found.is_only(facts.here.user.id)) {
    return {name, status::note, "not tried: another user's program listens on the port", ""};
  }
  return check_exchange(
      settings_for(facts.here, facts.location.endpoint, facts.location.key_directory), facts.here);
}

}  // namespace

std::vector<finding> examine(const doctor_surroundings& here) {
  const machine_facts facts(here);
  std::vector<finding> findings;
  for (const auto check :
       {check_variables, check_agent, check_listener, check_owners, check_metadata,
        check_key_directory, check_container, check_clock, check_proxy, check_token}) {
    findings.push_back(check(facts));
  }
  return findings;
}

}  // namespace arc_identity_cli
