// SPDX-License-Identifier: MIT
//
// Whether this user can read the agent's keys.

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "doctor/agent_checks.hpp"
#include "doctor/posix/machine_checks.hpp"
#include "exit_code.hpp"
#include "system_text.hpp"

namespace arc_identity_cli {
namespace {

using status = finding_status;

/// The permissions as an octal number, such as 0750.
std::string mode_text(mode_t mode) {
  char text[8];
  std::snprintf(text, sizeof text, "%04o", static_cast<unsigned>(mode & 07777));
  return text;
}

bool is_in(const std::vector<gid_t>& groups, gid_t group) {
  return std::find(groups.begin(), groups.end(), group) != groups.end();
}

/// Why this user has permission to open files in the directory.
std::string right_to_search(const doctor_surroundings& here, const struct stat& directory) {
  if (here.user.id == 0) return "as root";
  if (here.user.id == directory.st_uid) return "as its owner";
  if (is_in(here.user.groups, directory.st_gid)) {
    return "as a member of the group " + here.group_name(directory.st_gid);
  }
  return (directory.st_mode & 01) != 0 ? "as any user can" : "by an access control list";
}

/// The name alone, for a command: "himds" of "himds (998)".
std::string short_name(const std::string& name) { return name.substr(0, name.find(' ')); }

/// The remedy for a user without access, if the mode bits `needed` give the group access.
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

/// The key files in a directory; none if it cannot be listed. The agent creates a file per request.
std::vector<std::string> keys_in(const std::string& directory) {
  std::vector<std::string> keys;
  std::error_code failure;
  std::filesystem::directory_iterator entry(directory, failure);
  for (; !failure && entry != std::filesystem::directory_iterator(); entry.increment(failure)) {
    if (entry->path().extension() == ".key") keys.push_back(entry->path().string());
  }
  return keys;
}

/// For a key directory that is missing or not accessible.
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
    return {name, status::problem, path + " cannot be accessed: " + system_text(error), ""};
  }
  if (facts.is_container()) {
    return {name, status::problem, path + " does not exist", container_remedy};
  }
  return {name, status::note, path + " does not exist yet",
          "The agent creates it; if it does not, see journalctl -u himdsd"};
}

}  // namespace

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

}  // namespace arc_identity_cli
