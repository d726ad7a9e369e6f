// SPDX-License-Identifier: MIT
//
// The file in which `serve` stores its variables for other processes, in the format of systemd's
// EnvironmentFile= and `docker run --env-file`.

#ifndef ARC_IDENTITY_CLI_SERVE_ENV_FILE_HPP
#define ARC_IDENTITY_CLI_SERVE_ENV_FILE_HPP

#include <sys/types.h>

#include <optional>
#include <string>

#include "posix/command_variables.hpp"

namespace arc_identity_cli {

/// Replaces the file atomically, so that a reader sees the old or the new one. Mode 0600, or 0640
/// for a group. Returns "" or why that failed.
std::string write_env_file(const std::string& path, const command_variables& variables,
                           std::optional<gid_t> group);

/// The variables of an earlier run; none if there is no file. `problem` is why a file is not
/// trusted: it is not a regular file, belongs to another user, or other users can write to it.
command_variables read_env_file(const std::string& path, std::string& problem);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SERVE_ENV_FILE_HPP
