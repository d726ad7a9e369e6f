// SPDX-License-Identifier: MIT

#include "vault_program.hpp"

#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <string>
#include <string_view>
#include <system_error>

#include "exit_code.hpp"

namespace arc_identity_cli {
namespace {

/// Where this program lies, links resolved, with a slash at its end; empty where that is not known.
/// Never looked for in PATH: what is run gets the tokens.
std::string own_folder() {
  char path[PATH_MAX];
  const ssize_t size = ::readlink("/proc/self/exe", path, sizeof path);
  if (size <= 0) return {};
  const std::string_view name(path, static_cast<std::size_t>(size));
  return std::string(name.substr(0, name.rfind('/') + 1));
}

}  // namespace

bool is_vault_command(int count, const char* const* arguments) {
  for (const vault_command& command : vault_commands) {
    if (count > 1 && std::string_view(arguments[1]) == command.name) return true;
  }
  return false;
}

int run_vault_program(char** arguments) {
  const std::string program = own_folder() + "arc-identity-vault";
  if (program.front() == '/') ::execv(program.c_str(), arguments);
  const int failure = program.front() == '/' ? errno : ENOENT;
  std::fprintf(stderr, "arc-identity: cannot run %s: %s\n", program.c_str(),
               std::generic_category().message(failure).c_str());
  if (failure == ENOENT) {
    std::fprintf(stderr,
                 "It is built where libcurl's headers are: install them (on Debian and Ubuntu "
                 "libcurl4-openssl-dev) and build again\n");
  }
  return exit_failed;
}

}  // namespace arc_identity_cli
