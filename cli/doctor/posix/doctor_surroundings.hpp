// SPDX-License-Identifier: MIT
//
// What `arc-identity doctor` examines: files, variables, the user, the clock. A test can replace
// all of it. Nothing here changes anything.

#ifndef ARC_IDENTITY_CLI_DOCTOR_POSIX_DOCTOR_SURROUNDINGS_HPP
#define ARC_IDENTITY_CLI_DOCTOR_POSIX_DOCTOR_SURROUNDINGS_HPP

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/endpoint.hpp>
#include <arc_identity/core/error.hpp>
#include <arc_identity/core/policies.hpp>
#include <arc_identity/system/sighting.hpp>

#include "doctor/agent_checks.hpp"

namespace arc_identity_cli {

/// The user who runs the program.
struct doctor_user {
  uid_t id = 0;
  std::vector<gid_t> groups{};
};

struct doctor_surroundings : doctor_arguments {
  /// This machine and this user.
  doctor_surroundings();

  /// Prefix of each path that is examined, except a key directory given by the user.
  std::string root;
  std::function<std::string(const char* name)> variable;
  std::function<std::chrono::seconds()> unix_time;
  /// Whether this user can open files in the directory.
  std::function<bool(const std::string& directory)> can_search;
  std::function<bool(const std::string& file)> can_read;
  /// The owner of a listener: `known`; `hidden` if there is none; otherwise it cannot be
  /// determined.
  std::function<arc_identity::peer_owner_result(const arc_identity::loopback_address&)> listener;
  bool ignores_variables;  ///< AT_SECURE: more privileges than the caller.
  doctor_user user;

  arc_identity::system::sighting look_at(const std::string& path) const;
  arc_identity::system::sighting read(const std::string& path,
                                      arc_identity::mutable_buffer space) const;
  std::string content_of(const std::string& path) const;  ///< The first 4 KiB.
  /// The name from /etc/passwd or /etc/group: "himds (998)", or "998" if there is no entry.
  std::string user_name(std::uint64_t id) const;
  std::string group_name(std::uint64_t id) const;
};

/// Where the agent is, as the library discovers it.
struct doctor_location {
  enum class origin { nowhere, arguments, variables, drop_in, executable };

  origin from = origin::nowhere;
  std::string endpoint{};
  std::string imds_endpoint{};
  std::string key_directory{};
  arc_identity::error error{{{}, ""}};  ///< Set if it was not found.

  bool is_known() const { return from != origin::nowhere; }
  /// The addresses that clients connect to; none if the agent was not found.
  std::vector<arc_identity::loopback_address> addresses() const;
};

doctor_location locate(const doctor_surroundings& here);

/// The sign that this is a container; empty if there is none.
std::string container_sign(const doctor_surroundings& here);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_DOCTOR_POSIX_DOCTOR_SURROUNDINGS_HPP
