// SPDX-License-Identifier: MIT

#include "token_options.hpp"

#include <map>
#include <string>

#include <CLI/CLI.hpp>

#include "agent_options.hpp"
#include "token_command.hpp"

namespace arc_identity_cli {

void add_token_options(CLI::App& token, token_command_options& options) {
  token
      .add_option("--resource", options.resource,
                  "What the token is for, e.g. https://vault.azure.net")
      ->required()
      ->check(CLI::Validator(check_not_empty, "TEXT"));
  const std::map<std::string, token_format> formats = {
      {"raw", token_format::raw}, {"json", token_format::json}, {"header", token_format::header}};
  token.add_option("--format", options.format, "raw, json, or header (Authorization: Bearer ...)")
      ->transform(CLI::CheckedTransformer(formats).description("raw|json|header"));
  add_agent_options(token, options);
}

}  // namespace arc_identity_cli
