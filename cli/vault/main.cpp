// SPDX-License-Identifier: MIT
//
// The program `arc-identity-vault`, which `arc-identity` executes for its commands `secret`,
// `secrets` and `certificate`. It alone is linked to libcurl and OpenSSL.

#include "command_table.hpp"
#include "companion_program.hpp"
#include "program_start.hpp"
#include "vault/vault_commands.hpp"

namespace arc_identity_cli {
namespace {

template <const companion_command& Which, void (*Add)(CLI::App&, vault_command_options&),
          int (*Run)(const vault_command_options&)>
constexpr command make() {
  return make_command<vault_command_options, Add, Run>(Which.name, Which.help);
}

constexpr command commands[] = {
    make<secret_command, add_secret_options, run_secret>(),
    make<secrets_command, add_secrets_options, run_secrets>(),
    make<certificate_command, add_certificate_options, run_certificate>()};

}  // namespace
}  // namespace arc_identity_cli

// NOLINTNEXTLINE(bugprone-exception-escape): only lack of memory, or a bug, throws here.
int main(int argc, char** argv) {
  using namespace arc_identity_cli;
  occupy_standard_handles();
  drop_untrusted_variables();
  return run_program("Secrets and certificates from Azure Key Vault", commands, argc, argv);
}
