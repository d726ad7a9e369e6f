// SPDX-License-Identifier: MIT
//
// Which users can read a file.

#ifndef ARC_IDENTITY_CLI_VAULT_POSIX_FILE_ACCESS_HPP
#define ARC_IDENTITY_CLI_VAULT_POSIX_FILE_ACCESS_HPP

#include <sys/types.h>

#include <optional>

namespace arc_identity_cli {

struct delivery_options;

struct file_access {
  uid_t owner;
  std::optional<gid_t> group;  ///< None: as for any new file in its directory.
  mode_t mode;
};

/// Throws a failure if there is no such user or group.
file_access access_of(const delivery_options& options);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_POSIX_FILE_ACCESS_HPP
