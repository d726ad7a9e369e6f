// SPDX-License-Identifier: MIT
//
// The program `arc-identity` with only the command `token`.
#include <CLI/CLI.hpp>

#include "token/token_command.hpp"
#include "token/token_options.hpp"

int main(int argc, char** argv) {
  CLI::App app("Access tokens from the Azure Arc agent of this machine", "arc-identity");
  app.require_subcommand(1);
  arc_identity_cli::token_command_options options;
  add_token_options(*app.add_subcommand("token", "Get an access token and print it"), options);
  CLI11_PARSE(app, argc, argv);
  return run_token(options);
}
