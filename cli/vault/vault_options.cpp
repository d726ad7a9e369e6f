// SPDX-License-Identifier: MIT

#include "vault_options.hpp"

#include <map>
#include <string>

#include <CLI/CLI.hpp>

#include "vault_commands.hpp"

namespace arc_identity_cli {
namespace {

/// What both have; gives the option for the output.
CLI::Option* add_common_options(CLI::App& command, vault_command_options& options) {
  const CLI::Validator not_empty(check_not_empty, "TEXT");
  command.add_option("NAME", options.name, "Its name in the vault")->required()->check(not_empty);
  command.add_option("--vault", options.vault, "URL, e.g. https://myvault.vault.azure.net")
      ->required()
      ->check(not_empty);
  command.add_option("--version", options.version, "Its version [the current one]")
      ->check(not_empty);
  CLI::Option* const output =
      command.add_option("--output", options.output, "A file, made anew with mode 0600")
          ->check(CLI::Validator(check_not_empty, "FILE"));
  command
      .add_option("--ca-file", options.ca_file,
                  "PEM file with the only CA certificates to trust [the system's]")
      ->check(CLI::ExistingFile);
  add_agent_options(command, options);
  return output;
}

}  // namespace

void add_secret_options(CLI::App& secret, vault_command_options& options) {
  add_common_options(secret, options);
}

void add_certificate_options(CLI::App& certificate, vault_command_options& options) {
  using arc_identity::certificate_format;
  add_common_options(certificate, options)->required();
  const std::map<std::string, certificate_format> formats = {{"pem", certificate_format::pem},
                                                             {"pfx", certificate_format::pfx}};
  certificate
      .add_option("--format", options.format,
                  "What it must be; it is never converted [as the vault keeps it]")
      ->transform(CLI::CheckedTransformer(formats).description("pem|pfx"));
}

}  // namespace arc_identity_cli
