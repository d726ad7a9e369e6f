// SPDX-License-Identifier: MIT
//
// The arguments of the vault's commands that differ between systems: the trusted CAs, where secrets
// go, and who can read them there.

#ifndef ARC_IDENTITY_CLI_VAULT_PLACE_OPTIONS_HPP
#define ARC_IDENTITY_CLI_VAULT_PLACE_OPTIONS_HPP

#include <string>

#include <CLI/CLI.hpp>

#include "vault/vault_options.hpp"

namespace arc_identity_cli {

inline CLI::Option* add_text_option(CLI::App& command, const char* name, std::string& text,
                                    const char* placeholder, const char* help) {
  return command.add_option(name, text, help)->check(CLI::Validator(check_not_empty, placeholder));
}

void add_trust_options(CLI::App& command, vault_command_options& options);

/// --output and the file's properties.
CLI::Option* add_file_options(CLI::App& command, vault_command_options& options);

/// The same, and other places for a certificate. At least one place is required.
void add_certificate_place_options(CLI::App& certificate, vault_command_options& options);

/// The help text of the option --format.
extern const char* const format_help;
extern const char* const certificate_example;

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_PLACE_OPTIONS_HPP
