// SPDX-License-Identifier: MIT
//
// What the programs do before they know their command, and where there is none.

#ifndef ARC_IDENTITY_CLI_PROGRAM_START_HPP
#define ARC_IDENTITY_CLI_PROGRAM_START_HPP

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <sstream>

#include <CLI/CLI.hpp>

#include "exit_code.hpp"

namespace arc_identity_cli {

/// A standard handle that is closed would go to the next socket or file that is opened, and what is
/// told on standard error to the agent.
inline void occupy_standard_handles() {
  for (const int handle : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(handle, F_GETFD) < 0) ::open("/dev/null", O_RDONLY);  // Writing to it fails.
  }
}

/// Help and version are no failure; everything else that parsing ends with is wrong usage. The
/// arguments that are quoted then may hold anything.
inline int explain(const CLI::App& app, const CLI::ParseError& problem) {
  std::ostringstream help;
  std::ostringstream complaint;
  const int code = app.exit(problem, help, complaint);
  std::fputs(help.str().c_str(), stdout);
  for (const char c : complaint.str())
    std::fputc(c == '\n' || (c >= ' ' && c <= '~') ? c : '?', stderr);
  return code == 0 ? exit_done : exit_usage;
}

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_PROGRAM_START_HPP
