// SPDX-License-Identifier: MIT
//
// Who listens on the agent's port, and whether the owner of a connection can be determined.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/system/posix/peer_owner.hpp>

#include "doctor/agent_checks.hpp"
#include "doctor/posix/machine_checks.hpp"

namespace arc_identity_cli {

namespace {

using status = finding_status;

/// Whether the directory is on a mount that maps owners (mount_setattr(2)).
bool is_idmapped(const doctor_surroundings& here, const std::string& directory) {
  const std::string file = here.root + "/proc/self/mountinfo";
  arc_identity::detail::line_reader lines(file.c_str());
  std::string_view line;
  std::size_t longest = 0;
  bool is_mapped = false;
  while (lines.next(line)) {  // "id parent device root MOUNT-POINT OPTIONS ..."
    for (int i = 0; i < 4; ++i) arc_identity::detail::take_field(line);
    const std::string_view point = arc_identity::detail::take_field(line);
    const std::string_view options = arc_identity::detail::take_field(line);
    const bool is_above =
        point == "/" || directory == point ||
        (arc_identity::detail::starts_with(directory, point) && directory[point.size()] == '/');
    if (!is_above || point.size() < longest) continue;
    longest = point.size();
    is_mapped = options.find("idmapped") != std::string_view::npos;
  }
  return is_mapped;
}

}  // namespace

finding check_listener(const machine_facts& facts) {
  constexpr const char* name = "listener";
  if (!facts.location.is_known()) return unknown(name);
  const listeners& found = facts.at_port;
  const std::string port = std::to_string(facts.location.addresses().front().port);
  if (!found.is_known && found.users.empty()) {
    return {name, status::note, "the system does not show which user listens", ""};
  }
  if (found.users.empty()) {
    return {name, status::problem, "nothing is listening on port " + port,
            facts.is_container() ? container_remedy : start_agent};
  }
  std::string names;
  for (const std::uint32_t user : found.users) {
    names += (names.empty() ? "" : ", ") + facts.here.user_name(user);
  }
  const char* const verb = found.users.size() == 1 ? " listens" : " listen";
  const std::string text = names + verb + " on port " + port;
  if (found.is_trusted) return {name, status::ok, text, ""};
  if (found.is_only(facts.here.user.id)) {
    return {name, status::note, text + ", the user of this command",
            "The real agent runs as root or himds"};
  }
  return {name, status::problem, text + ", who is neither root nor himds",
          "Find the process (ss -ltnp) and stop it: it may be trying to get your key. "
          "It is sent the key only if its user owns the key files"};
}

finding check_owners(const machine_facts& facts) {
  constexpr const char* name = "owner check";
  if (!facts.location.is_known()) return unknown(name);
  const doctor_surroundings& here = facts.here;
  if (!facts.at_port.is_known) {
    return {name, status::note,
            "the system does not report who owns a connection (system error " +
                std::to_string(facts.at_port.system_error) +
                "), so the key is sent to any program that answers",
            "Allow this program to use AF_NETLINK (systemd: RestrictAddressFamilies; in a "
            "container: the seccomp profile), and load the kernel module tcp_diag"};
  }
  const std::string map = here.root + "/proc/self/uid_map";
  arc_identity::detail::user_files files;
  files.uid_map = map.c_str();
  if (!files.has_all_users()) {
    return {name, status::note,
            "this user namespace does not map all users: if exactly one of the two owners, of the "
            "connection and of the key file, is unmapped, the key is sent unchecked",
            ""};
  }
  if (is_idmapped(here, facts.location.key_directory)) {
    return {name, status::note,
            facts.location.key_directory +
                " is on an idmapped mount, so its files appear to have other owners",
            "If the agent is refused the key because of this, use --agent-check none"};
  }
  return {name, status::ok,
          "the system reports who owns a connection: the key is sent only to the owner of its "
          "file, to root or to himds",
          ""};
}

}  // namespace arc_identity_cli
