// SPDX-License-Identifier: MIT
//
// What the programs do at their start.

#ifndef ARC_IDENTITY_CLI_PROGRAM_START_HPP
#define ARC_IDENTITY_CLI_PROGRAM_START_HPP

#include <fcntl.h>
#include <unistd.h>

#include <initializer_list>

#include <arc_identity/system/platform.hpp>

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): declared by POSIX.
extern char** environ;

namespace arc_identity_cli {

/// Opens the standard handles that are closed. Otherwise the next socket or file would get such a
/// handle's number, and messages for standard error would go to the agent.
inline void occupy_standard_handles() {
  for (const int handle : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(handle, F_GETFD) < 0)
      ::open("/dev/null", O_RDONLY);  // Writing fails, as to a closed one.
  }
}

/// In a program with more privileges than its caller (AT_SECURE), libraries must not read the
/// caller's variables either: libcurl would write the keys of its connections to the file
/// SSLKEYLOGFILE.
inline void drop_untrusted_variables() {
  if (arc_identity::system::environment::ignores_variables() && environ != nullptr) {
    *environ = nullptr;
  }
}

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_PROGRAM_START_HPP
