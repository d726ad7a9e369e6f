// SPDX-License-Identifier: MIT

#include "token_options.hpp"

#include <chrono>
#include <cmath>
#include <map>
#include <string>

#include <CLI/CLI.hpp>

#include "token_command.hpp"

namespace arc_identity_cli {
namespace {

void set_timeout(token_command_options& options, double seconds) {
  if (std::isnan(seconds)) throw CLI::ValidationError("--timeout", "is not a number");
  options.timeout = std::chrono::milliseconds(static_cast<long long>(seconds * 1000));
}

std::string check_not_empty(const std::string& text) {
  return text.empty() ? "must not be empty" : "";
}

std::string check_absolute(const std::string& path) {
  const bool is_absolute = path.substr(0, 1) == "/" || path.substr(1, 1) == ":";
  return is_absolute ? "" : "must be an absolute path, as the agent's paths are";
}

}  // namespace

void add_token_options(CLI::App& token, token_command_options& options) {
  const CLI::Validator not_empty(check_not_empty, "TEXT");
  token
      .add_option("--resource", options.resource,
                  "What the token is for, e.g. https://vault.azure.net")
      ->required()
      ->check(not_empty);

  CLI::Option_group* const identity =
      token.add_option_group("Identity", "A user-assigned identity instead of the machine's own");
  identity->add_option("--client-id", options.client_id, "By its client id (a GUID)")
      ->check(not_empty);
  identity->add_option("--object-id", options.object_id, "By its object id (a GUID)")
      ->check(not_empty);
  identity->add_option("--resource-id", options.resource_id, "By its Azure resource id")
      ->check(not_empty);
  identity->require_option(0, 1);

  const std::map<std::string, token_format> formats = {
      {"raw", token_format::raw}, {"json", token_format::json}, {"header", token_format::header}};
  token.add_option("--format", options.format, "raw, json, or header (Authorization: Bearer ...)")
      ->transform(CLI::CheckedTransformer(formats).description("raw|json|header"));
  token.add_option("--endpoint", options.endpoint, "URL of the agent's token endpoint [found]")
      ->check(not_empty);
  token
      .add_option("--key-directory", options.key_directory,
                  "The only directory that a key file is read from [the agent's]")
      ->check(CLI::Validator(check_absolute, "DIR"));
  token
      .add_option_function<double>(
          "--timeout", [&options](double seconds) { set_timeout(options, seconds); },
          "Give up after so many seconds, 0.001 to 86400 [30]")
      ->check(CLI::Range(0.001, 86400.0).description("SECONDS"));
  token.add_flag("--verify-agent", options.verify_agent,
                 "Send nothing unless root or the user himds listens at the port");
  token.add_flag("--verbose", options.verbose, "Tell each step on standard error");
}

}  // namespace arc_identity_cli
