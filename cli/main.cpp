// SPDX-License-Identifier: MIT
//
// The program `arc-identity` on POSIX. What each command does is in its own file.

#include "command_table.hpp"
#include "companion_program.hpp"
#include "doctor/doctor_command.hpp"
#include "metadata/metadata_command.hpp"
#include "metadata/metadata_options.hpp"
#include "program_start.hpp"
#include "serve/serve_command.hpp"
#include "serve/serve_options.hpp"
#include "simulate/simulate_command.hpp"
#include "simulate/simulate_options.hpp"
#include "token/token_command.hpp"
#include "token/token_options.hpp"
#include "vault/vault_options.hpp"

namespace arc_identity_cli {
namespace {

template <const companion_command& Which, class Options, void (*Add)(CLI::App&, Options&)>
constexpr command make_companion() {
  return {Which.name, Which.help, declare_options<Options, Add>,
          [](char** arguments) { return become(Which, arguments); }, true};
}

constexpr command commands[] = {
    make_command<token_command_options, add_token_options, run_token>(
        "token", "Get an access token and print it"),
    make_command<metadata_command_options, add_metadata_options, run_metadata>(
        "metadata", "Print what the agent tells of this machine"),
    make_command<doctor_command_options, add_doctor_options, run_doctor>(
        "doctor", "Say why this user gets no token here, and what to do"),
    make_companion<simulate_command, simulate_command_options, add_simulate_options>(),
    make_companion<serve_command, serve_command_options, add_serve_options>(),
    make_companion<secret_command, vault_command_options, add_secret_options>(),
    make_companion<secrets_command, vault_command_options, add_secrets_options>(),
    make_companion<certificate_command, vault_command_options, add_certificate_options>()};

}  // namespace
}  // namespace arc_identity_cli

// NOLINTNEXTLINE(bugprone-exception-escape): without memory, or with a mistake here, it may end so.
int main(int argc, char** argv) {
  using namespace arc_identity_cli;
  occupy_standard_handles();
  return run_program("Access tokens from the Azure Arc agent of this machine", commands, argc,
                     argv);
}
