// SPDX-License-Identifier: MIT

#include "companion_program.hpp"

#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <system_error>

#include "exit_code.hpp"

namespace arc_identity_cli {
namespace {

/// The folder of this program, with links resolved and a slash at the end; empty if unknown. PATH
/// is not searched, because the program that is run gets the tokens.
std::string own_folder() {
  char path[PATH_MAX];
  const ssize_t size = ::readlink("/proc/self/exe", path, sizeof path);
  if (size <= 0) return {};
  const std::string_view name(path, static_cast<std::size_t>(size));
  return std::string(name.substr(0, name.rfind('/') + 1));
}

}  // namespace

int become(const companion_command& command, char** arguments) {
  const std::string folder = own_folder();
  if (folder.empty()) {
    std::fprintf(stderr,
                 "arc-identity: cannot run %s for %s: it is in the folder of this program, which "
                 "/proc does not show\n",
                 command.program, command.name);
    return exit_failed;
  }
  ::execv((folder + command.program).c_str(), arguments);
  const int failure = errno;
  const std::string origin = failure == ENOENT ? std::string(". ") + command.origin : "";
  std::fprintf(stderr, "arc-identity: cannot run %s for %s; looked in %s: %s%s\n", command.program,
               command.name, folder.c_str(), std::generic_category().message(failure).c_str(),
               origin.c_str());
  return exit_failed;
}

}  // namespace arc_identity_cli
