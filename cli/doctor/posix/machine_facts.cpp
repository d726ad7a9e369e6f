// SPDX-License-Identifier: MIT

#include "doctor/posix/machine_facts.hpp"

#include <algorithm>
#include <optional>

#include <arc_identity/core/endpoint.hpp>
#include <arc_identity/core/options.hpp>
#include <arc_identity/core/policies.hpp>
#include <arc_identity/system/posix/peer_owner.hpp>

namespace arc_identity_cli {
namespace {

listeners find_listeners(const doctor_surroundings& here, const doctor_location& location) {
  const std::string passwd = here.root + "/etc/passwd";
  arc_identity::detail::user_files files;
  files.passwd = passwd.c_str();
  const std::uint32_t himds = files.himds();
  listeners found;
  for (const arc_identity::loopback_address& address : location.addresses()) {
    const arc_identity::peer_owner_result at = here.listener(address);
    if (at.status == arc_identity::owner_status::hidden) continue;
    if (at.status != arc_identity::owner_status::known) {
      found.is_known = false;
      found.system_error = at.system_error;
      continue;
    }
    const auto end = found.users.end();
    if (std::find(found.users.begin(), end, at.user) == end) found.users.push_back(at.user);
  }
  found.is_trusted = !found.users.empty() && std::all_of(found.users.begin(), found.users.end(),
                                                         [himds](std::uint32_t user) {
                                                           return user == 0 || user == himds;
                                                         });
  return found;
}

std::optional<arc_identity::options> settings_for_metadata(const doctor_surroundings& here,
                                                           const doctor_location& location) {
  if (!location.is_known()) return {};
  return settings_for(here, location.imds_endpoint, location.key_directory);
}

}  // namespace

machine_facts::machine_facts(const doctor_surroundings& surroundings)
    : here(surroundings),
      location(locate(here)),
      container(container_sign(here)),
      at_port(find_listeners(here, location)),
      metadata(settings_for_metadata(here, location), here.unix_time) {}

}  // namespace arc_identity_cli
