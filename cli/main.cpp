// SPDX-License-Identifier: MIT
//
// The program `arc-identity` on POSIX. What each command does is in its own file.

#include "common_commands.hpp"
#include "companion_program.hpp"
#include "program_start.hpp"
#include "serve/serve_command.hpp"
#include "serve/serve_options.hpp"
#include "simulate/simulate_command.hpp"
#include "simulate/simulate_options.hpp"
#include "vault/vault_options.hpp"

namespace arc_identity_cli {
namespace {

template <const companion_command& Which, class Options, void (*Add)(CLI::App&, Options&)>
constexpr command make_companion() {
  return {Which.name, Which.help, declare_options<Options, Add>,
          [](char** arguments) { return become(Which, arguments); }, true};
}

constexpr command commands[] = {
    token_entry,
    metadata_entry,
    doctor_entry,
    make_companion<simulate_command, simulate_command_options, add_simulate_options>(),
    make_companion<serve_command, serve_command_options, add_serve_options>(),
    make_companion<secret_command, vault_command_options, add_secret_options>(),
    make_companion<secrets_command, vault_command_options, add_secrets_options>(),
    make_companion<certificate_command, vault_command_options, add_certificate_options>()};

}  // namespace
}  // namespace arc_identity_cli

// NOLINTNEXTLINE(bugprone-exception-escape): only lack of memory, or a bug, throws here.
int main(int argc, char** argv) {
  using namespace arc_identity_cli;
  occupy_standard_handles();
  return run_program(program_description, commands, argc, argv);
}
