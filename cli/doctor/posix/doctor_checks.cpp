// SPDX-License-Identifier: MIT

#include "doctor/doctor_checks.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <arc_identity/instance_metadata.hpp>
#include <arc_identity/system/client.hpp>
#include <arc_identity/system/posix/peer_owner.hpp>

#include "complain.hpp"

namespace arc_identity_cli {
namespace {

namespace sys = arc_identity::system;
using origin = doctor_location::origin;
using status = finding_status;

constexpr const char* start_agent =
    "Start the agent: systemctl start himdsd; its log: journalctl -u himdsd";
constexpr const char* container_remedy =
    "Run the container in the host's network (--network host) and mount the key directory "
    "(-v /var/opt/azcmagent/tokens:/var/opt/azcmagent/tokens:ro)";

/// The users that listen on the addresses that are tried.
struct listeners {
  bool is_known = true;
  int system_error = 0;                ///< Why they are not known.
  bool is_trusted = false;             ///< All are root or himds, and there is at least one.
  std::vector<std::uint32_t> users{};  ///< Each once.

  bool is_only(uid_t user) const { return users == std::vector<std::uint32_t>{user}; }
};

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

/// What is known before the checks begin and needed by several of them.
struct machine_facts {
  explicit machine_facts(const doctor_surroundings& surroundings);
  machine_facts(const machine_facts&) = delete;
  machine_facts& operator=(const machine_facts&) = delete;

  bool is_container() const { return !container.empty(); }

  const doctor_surroundings& here;
  const doctor_location location;
  const std::string container;  ///< The sign by which it was recognized.
  const listeners at_port;
  const asked_metadata metadata;
};

std::optional<arc_identity::options> settings_for_metadata(const doctor_surroundings& here,
                                                           const doctor_location& location) {
  if (!location.is_known()) return {};
  return settings_for(here, location.imds_endpoint, location.key_directory);
}

machine_facts::machine_facts(const doctor_surroundings& surroundings)
    : here(surroundings),
      location(locate(here)),
      container(container_sign(here)),
      at_port(find_listeners(here, location)),
      metadata(settings_for_metadata(here, location), here.unix_time) {}

// --- Where the agent is ---

std::string text_of(int system_error) { return std::generic_category().message(system_error); }

/// The two variables are set; the drop-in, which services see, should agree.
finding check_environment(const machine_facts& facts) {
  constexpr const char* name = "variables";
  const std::string& endpoint = facts.location.endpoint;
  const std::string found =
      "IDENTITY_ENDPOINT and IMDS_ENDPOINT are in the environment: " + endpoint;
  // A systemd service sees the drop-in and not these variables.
  doctor_surroundings service = facts.here;
  service.variable = [](const char*) { return std::string(); };
  const doctor_location theirs = locate(service);
  const bool has_no_drop_in = theirs.from == origin::executable ||
                              theirs.error.code() == arc_identity::errc::not_arc_server;
  if (has_no_drop_in || theirs.endpoint == endpoint) return {name, status::ok, found, ""};
  return {name, status::note,
          found + "; " + sys::environment::drop_in + ", which systemd services see, differs",
          "If the two variables are outdated, unset them"};
}

/// The agent is installed, but no variables were found.
finding check_default(const machine_facts& facts) {
  const std::string drop_in = sys::environment::drop_in;
  char space[1];
  const int error = facts.here.read(drop_in, space).system_error;
  const std::string nowhere = error == 0 ? "neither in the environment nor in " + drop_in
                                         : "not in the environment, and " + drop_in +
                                               " cannot be read (" + text_of(error) + ')';
  return {"variables", status::note,
          nowhere + "; the agent is installed, so its default is used: " + facts.location.endpoint,
          error == 0 ? "" : "Run as root to see whether that file names another endpoint"};
}

finding describe_location(const machine_facts& facts) {
  constexpr const char* name = "variables";
  const doctor_location& found = facts.location;
  switch (found.from) {
    case origin::arguments:
      return {name, status::ok, "given with --endpoint: " + found.endpoint, ""};
    case origin::variables: return check_environment(facts);
    case origin::drop_in:
      return {name, status::note,
              "not in this environment, but in " + std::string(sys::environment::drop_in) +
                  ", which systemd services see but login shells do not: " + found.endpoint,
              "This program reads that file. For other programs: export IDENTITY_ENDPOINT=" +
                  found.endpoint + " IMDS_ENDPOINT=" + found.imds_endpoint};
    case origin::executable: return check_default(facts);
    case origin::nowhere: break;
  }
  finding none = problem(name, found.error);
  const bool is_app_service = !facts.here.variable("IDENTITY_HEADER").empty();
  if (found.error.code() != arc_identity::errc::not_arc_server || is_app_service) return none;
  none.advice = facts.is_container()
                    ? std::string(
                          "In a container, set IDENTITY_ENDPOINT and "
                          "IMDS_ENDPOINT as on the host. ") +
                          container_remedy
                    : "Connect the machine (azcmagent connect), or use --endpoint; "
                      "169.254.169.254 is never used";
  return none;
}

finding check_variables(const machine_facts& facts) {
  finding found = describe_location(facts);
  const bool is_reported = found.found.find("variables are ignored") != std::string::npos;
  if (facts.here.ignores_variables && !is_reported) {
    found.found +=
        "; environment variables are ignored in a program with more privileges than its caller "
        "(AT_SECURE)";
  }
  return found;
}

// --- The agent ---

/// The id of a process named himds; empty if none is visible.
std::string agent_process(const doctor_surroundings& here) {
  std::error_code failure;
  const std::filesystem::directory_iterator processes(here.root + "/proc", failure);
  if (failure) return "";
  for (const auto& entry : processes) {
    std::string id = entry.path().filename().string();
    if (id.find_first_not_of("0123456789") != std::string::npos) continue;
    if (here.content_of("/proc/" + id + "/comm") == "himds\n") return id;
  }
  return "";
}

/// As with the option hidepid of proc(5): process 1 always exists.
bool hides_processes(const doctor_surroundings& here) {
  if (!here.look_at("/proc").is_there) return true;
  return !here.content_of("/proc/self/comm").empty() && here.content_of("/proc/1/comm").empty();
}

finding check_agent(const machine_facts& facts) {
  constexpr const char* name = "agent";
  const std::string executable = sys::environment::agent_executable;
  const std::string process = agent_process(facts.here);
  if (!process.empty()) {
    const std::string found = "himds is running as process " + process;
    if (facts.location.is_known()) return {name, status::ok, found, ""};
    return {name, status::note, found + ", but its endpoint is unknown",
            "If it is the Azure Arc agent, give its --endpoint"};
  }
  if (hides_processes(facts.here)) {
    return {name, status::note,
            "/proc hides other users' processes, so it is unknown whether himds is running",
            "Run as root to find out"};
  }
  const sys::sighting seen = facts.here.look_at(executable);
  if (seen.is_there) {
    return {name, status::problem, executable + " exists, but himds is not running", start_agent};
  }
  if (seen.system_error != 0) {
    return {name, status::note,
            "himds is not running, and " + executable +
                " cannot be accessed: " + text_of(seen.system_error),
            "Run as root to find out"};
  }
  const std::string found = executable + " does not exist, and himds is not running";
  if (facts.is_container()) {
    return {name, status::note, found + " here; the host's agent is not visible in a container",
            ""};
  }
  if (facts.location.from == origin::drop_in) {
    return {name, status::problem,
            found + ", but " + sys::environment::drop_in +
                " exists: the agent may have been uninstalled",
            "Reinstall the agent, or remove that file"};
  }
  return {name, status::note, found,
          facts.location.is_known() ? "Check that the program at the endpoint is the agent" : ""};
}

// --- Its port ---

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

// --- The keys ---

/// As shown by ls: 0750.
std::string mode_text(mode_t mode) {
  char text[8];
  std::snprintf(text, sizeof text, "%04o", static_cast<unsigned>(mode & 07777));
  return text;
}

bool is_in(const std::vector<gid_t>& groups, gid_t group) {
  return std::find(groups.begin(), groups.end(), group) != groups.end();
}

/// The permission by which this user can open files in the directory.
std::string right_to_search(const doctor_surroundings& here, const struct stat& directory) {
  if (here.user.id == 0) return "as root";
  if (here.user.id == directory.st_uid) return "as its owner";
  if (is_in(here.user.groups, directory.st_gid)) {
    return "as a member of the group " + here.group_name(directory.st_gid);
  }
  return (directory.st_mode & 01) != 0 ? "as any user can" : "by an access control list";
}

/// "himds" of "himds (998)", as a command takes it.
std::string short_name(const std::string& name) { return name.substr(0, name.find(' ')); }

/// The remedy for a user who lacks an access that `needed` grants to the group.
std::string join_remedy(const doctor_surroundings& here, const struct stat& at, mode_t needed) {
  const std::string group = here.group_name(at.st_gid);
  if (at.st_gid == 0 || (at.st_mode & needed) == 0) return "Run as root";
  if (is_in(here.user.groups, at.st_gid)) {
    return "This user is already in the group " + group + ": check the folders above it";
  }
  return "Run as root, or join the group " + group + ": usermod -a -G " + short_name(group) + ' ' +
         short_name(here.user_name(here.user.id)) + ", and log in again (a service: restart it)";
}

/// "user root (0) and group himds (998), mode 0750"
std::string owner_text(const doctor_surroundings& here, const struct stat& of) {
  return "user " + here.user_name(of.st_uid) + " and group " + here.group_name(of.st_gid) +
         ", mode " + mode_text(of.st_mode);
}

/// The key files in it, if it can be listed. The agent creates a file per request.
std::vector<std::string> keys_in(const std::string& directory) {
  std::vector<std::string> keys;
  std::error_code failure;
  std::filesystem::directory_iterator entry(directory, failure);
  for (; !failure && entry != std::filesystem::directory_iterator(); entry.increment(failure)) {
    if (entry->path().extension() == ".key") keys.push_back(entry->path().string());
  }
  return keys;
}

/// The key directory is missing or not accessible.
finding check_missing_directory(const machine_facts& facts, int error) {
  constexpr const char* name = "key directory";
  const std::string& path = facts.location.key_directory;
  if (error == EACCES) {
    return {
        name, status::problem,
        "user " + facts.here.user_name(facts.here.user.id) + " has no permission to access " + path,
        "Run as root, or join the group himds (usermod -a -G himds USER) and log in again",
        exit_denied};
  }
  if (error != ENOENT && error != ENOTDIR) {
    return {name, status::problem, path + " cannot be accessed: " + text_of(error), ""};
  }
  if (facts.is_container()) {
    return {name, status::problem, path + " does not exist", container_remedy};
  }
  return {name, status::note, path + " does not exist yet",
          "The agent creates it; if it does not, see journalctl -u himdsd"};
}

finding check_key_directory(const machine_facts& facts) {
  constexpr const char* name = "key directory";
  if (!facts.location.is_known()) return unknown(name);
  const doctor_surroundings& here = facts.here;
  const std::string& path = facts.location.key_directory;
  struct stat directory {};
  if (::stat(path.c_str(), &directory) != 0) return check_missing_directory(facts, errno);
  if (!S_ISDIR(directory.st_mode)) return {name, status::problem, path + " is not a directory", ""};
  const std::string found = path + " belongs to " + owner_text(here, directory) + "; user " +
                            here.user_name(here.user.id);
  if (!here.can_search(path)) {
    return {name, status::problem, found + " cannot read it", join_remedy(here, directory, 010),
            exit_denied};
  }
  const std::vector<std::string> keys = keys_in(path);
  for (const std::string& key : keys) {
    struct stat file {};
    if (here.can_read(key) || ::stat(key.c_str(), &file) != 0) continue;
    std::string denied = found;
    denied.append(" cannot read ").append(key);
    denied.append(", which belongs to ").append(owner_text(here, file));
    return {name, status::problem, denied, join_remedy(here, file, 040), exit_denied};
  }
  return {name, status::ok,
          found + (keys.empty() ? " can open files in it " : " can read the keys in it ") +
              right_to_search(here, directory),
          ""};
}

// --- The surroundings ---

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

// --- A whole exchange ---

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
