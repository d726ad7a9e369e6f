// SPDX-License-Identifier: MIT
//
// What the programs do first.

#ifndef ARC_IDENTITY_CLI_PROGRAM_START_HPP
#define ARC_IDENTITY_CLI_PROGRAM_START_HPP

#include <fcntl.h>
#include <unistd.h>

namespace arc_identity_cli {

/// A standard handle that is closed would go to the next socket or file that is opened, and what is
/// told on standard error to the agent.
inline void occupy_standard_handles() {
  for (const int handle : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(handle, F_GETFD) < 0) ::open("/dev/null", O_RDONLY);  // Writing to it fails.
  }
}

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_PROGRAM_START_HPP
