// SPDX-License-Identifier: MIT
//
// The agent's own directory, /var/opt/azcmagent, as a command under `simulate` sees it. Most SDKs
// accept keys only from there.

#ifndef ARC_IDENTITY_CLI_SIMULATE_AGENT_DIRECTORY_HPP
#define ARC_IDENTITY_CLI_SIMULATE_AGENT_DIRECTORY_HPP

#include <string>

#include "simulate/held_directory.hpp"

namespace arc_identity_cli {

/// Provides a key directory at the path of the agent's. A real agent's directory is neither changed
/// nor read.
class agent_directory {
 public:
  static constexpr const char* keys = "/var/opt/azcmagent/tokens";

  agent_directory() = default;

  /// Removes what open() created in the file system, unless another process uses it.
  ~agent_directory();

  agent_directory(const agent_directory&) = delete;
  agent_directory& operator=(const agent_directory&) = delete;

  /// Returns "" once `keys` is an empty directory that this process can write to, or why it is not.
  ///
  /// Moves the process, and so its children, into a mount namespace in which only that directory
  /// differs; users other than root also get a user namespace. If namespaces are not allowed, root
  /// gets a directory in the file system, unless an agent is installed. The process must have one
  /// thread. unshare(2), mount_namespaces(7), user_namespaces(7).
  std::string open();

 private:
  std::string make();

  held_directory made_;
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SIMULATE_AGENT_DIRECTORY_HPP
