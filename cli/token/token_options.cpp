// SPDX-License-Identifier: MIT

#include "token/token_options.hpp"

#include <CLI/CLI.hpp>

#include "agent_options.hpp"
#include "choice_option.hpp"
#include "token/token_command.hpp"

namespace arc_identity_cli {

void add_token_options(CLI::App& token, token_command_options& options) {
  token
      .add_option("--resource", options.resource,
                  "Resource to request the token for, e.g. https://vault.azure.net")
      ->required()
      ->check(CLI::Validator(check_not_empty, "URL"));
  add_choice_option<token_format>(
      token, "--format", options.format,
      {{"raw", token_format::raw},
       {"json", token_format::json},
       {"header", token_format::header},
       {"exec-credential", token_format::exec_credential}},
      "header: \"Authorization: Bearer ...\", for curl -H; exec-credential: for kubectl [raw]");
  add_agent_options(token, options);
  token.footer(
      "Examples:\n"
      "  arc-identity token --resource https://vault.azure.net\n"
      "  arc-identity token --resource https://storage.azure.com --format header |\n"
      "    curl -H @- -H 'x-ms-version: 2021-08-06' URL");
}

}  // namespace arc_identity_cli
