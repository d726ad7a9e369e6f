// SPDX-License-Identifier: MIT
//
// The exit codes of the program.

#ifndef ARC_IDENTITY_CLI_EXIT_CODE_HPP
#define ARC_IDENTITY_CLI_EXIT_CODE_HPP

#include <arc_identity/core/error.hpp>

namespace arc_identity_cli {

enum exit_code {
  exit_done = 0,
  exit_failed = 1,
  exit_usage = 2,
  exit_not_arc = 3,
  exit_denied = 4  ///< to the key, or to the files that show whether this is an Arc machine
};

inline int exit_code_of(arc_identity::errc code) {
  using arc_identity::errc;
  switch (code) {
    case errc::invalid_argument:
    case errc::invalid_endpoint: return exit_usage;
    case errc::not_arc_server: return exit_not_arc;
    case errc::discovery_failed:
    case errc::key_file_denied: return exit_denied;
    default: return exit_failed;
  }
}

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_EXIT_CODE_HPP
