// SPDX-License-Identifier: MIT
//
// The program `arc-identity` on Windows, where one program has all commands except the simulated
// agent and `serve`, which are for POSIX. Arguments are converted from UTF-16 to UTF-8 here.

#include <windows.h>

#include <fcntl.h>
#include <io.h>
#include <shellapi.h>

#include <cstdio>
#include <string>
#include <vector>

#include "common_commands.hpp"
#include "companion_program.hpp"
#include "vault/vault_commands.hpp"
#include "windows/console_mode.hpp"
#include "windows/wide_text.hpp"

namespace arc_identity_cli {
namespace {

constexpr command commands[] = {
    token_entry,
    metadata_entry,
    doctor_entry,
    make_command<vault_command_options, add_secret_options, run_secret>(secret_command.name,
                                                                        secret_command.help),
    make_command<vault_command_options, add_secrets_options, run_secrets>(secrets_command.name,
                                                                          secrets_command.help),
    make_command<vault_command_options, add_certificate_options, run_certificate>(
        certificate_command.name,
        "Get a certificate and its private key from Azure Key Vault into a file or a store")};

std::vector<std::string> utf8_arguments() {
  int count = 0;
  wchar_t** const wide_arguments = CommandLineToArgvW(GetCommandLineW(), &count);
  std::vector<std::string> arguments;
  for (int i = 0; wide_arguments != nullptr && i < count; ++i)
    arguments.push_back(to_utf8(wide_arguments[i]));
  LocalFree(wide_arguments);
  return arguments;
}

}  // namespace
}  // namespace arc_identity_cli

int main() {
  using namespace arc_identity_cli;
  set_console_mode();
  _setmode(_fileno(stdout),
           _O_BINARY);  // A carriage return would be taken as part of the token.
  std::vector<std::string> arguments = utf8_arguments();
  std::vector<char*> pointers;
  for (std::string& each : arguments) pointers.push_back(each.data());
  pointers.push_back(nullptr);
  return run_program(program_description, commands, static_cast<int>(arguments.size()),
                     pointers.data());
}
