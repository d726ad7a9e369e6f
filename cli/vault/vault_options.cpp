// SPDX-License-Identifier: MIT

#include "vault/vault_options.hpp"

#include <CLI/CLI.hpp>

#include "choice_option.hpp"

namespace arc_identity_cli {
namespace {

/// What both have; gives the option for the output.
CLI::Option* add_common_options(CLI::App& command, vault_command_options& options) {
  command.add_option("NAME", options.name, "Its name in the vault")
      ->required()
      ->check(CLI::Validator(check_not_empty, "NAME"));
  command.add_option("--vault", options.vault, "URL, e.g. https://myvault.vault.azure.net")
      ->required()
      ->check(CLI::Validator(check_not_empty, "URL"));
  command.add_option("--version", options.version, "Its version [the current one]")
      ->check(CLI::Validator(check_not_empty, "VERSION"));
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
  add_choice_option<certificate_format>(
      certificate, "--format", options.format,
      {{"pem", certificate_format::pem}, {"pfx", certificate_format::pfx}},
      "What it must be; it is never converted [as the vault keeps it]");
}

}  // namespace arc_identity_cli
