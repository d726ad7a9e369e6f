// SPDX-License-Identifier: MIT

#include "vault/vault_options.hpp"

#include <CLI/CLI.hpp>

#include "choice_option.hpp"

namespace arc_identity_cli {
namespace {

CLI::Option* add_text_option(CLI::App& command, const char* name, std::string& text,
                             const char* placeholder, const char* help) {
  return command.add_option(name, text, help)->check(CLI::Validator(check_not_empty, placeholder));
}

/// How the vault is asked.
CLI::Option* add_vault_options(CLI::App& command, vault_command_options& options) {
  CLI::Option* const vault = add_text_option(command, "--vault", options.vault, "URL",
                                             "Such as https://myvault.vault.azure.net");
  add_text_option(command, "--api-version", options.api_version, "VERSION",
                  "Of Key Vault's interface [7.4]; Azure Stack Hub has 7.1");
  add_text_option(command, "--resource", options.resource, "URL",
                  "What the token is for, whatever the vault asks for [what it asks for]");
  command
      .add_option("--ca-file", options.ca_file,
                  "PEM file with the only CA certificates to trust [the system's]")
      ->check(CLI::ExistingFile);
  return vault;
}

/// What is asked for.
void add_item_options(CLI::App& command, vault_command_options& options) {
  command.add_option("NAME", options.name, "Its name in the vault, or its identifier (a URL)")
      ->required()
      ->check(CLI::Validator(check_not_empty, "NAME"));
  CLI::Option* const vault = add_vault_options(command, options);
  vault->description(vault->get_description() + " [the identifier's]");
  add_text_option(command, "--version", options.version, "VERSION",
                  "Its version [the identifier's, or the current one]");
}

std::string check_mode(const std::string& text) {
  const bool is_mode = !text.empty() && text.size() <= 4 &&
                       text.find_first_not_of("01234567") == std::string::npos &&
                       std::stoul(text, nullptr, 8) <= 0777;
  return is_mode ? "" : "must be an octal number from 0 to 777, such as 640";
}

/// Where it goes.
CLI::Option* add_delivery_options(CLI::App& command, vault_command_options& options) {
  CLI::Option* const output = add_text_option(
      command, "--output", options.output, "FILE",
      "A file, replaced in one step if its content differs; or a descriptor, as /dev/fd/3");
  delivery_options& delivery = options.delivery;
  add_text_option(command, "--owner", delivery.owner, "USER",
                  "Who is to own the file [the user who runs this]")
      ->needs(output);
  add_text_option(command, "--group", delivery.group, "GROUP",
                  "Which group the file is to have [that of any new file there]")
      ->needs(output);
  command.add_option("--mode", delivery.mode, "The file's permissions [600]")
      ->check(CLI::Validator(check_mode, "OCTAL"))
      ->needs(output);
  add_text_option(command, "--on-change", delivery.on_change, "COMMAND",
                  "Have the shell run it after a change; if it fails, in the next run again")
      ->needs(output);
  return output;
}

}  // namespace

void add_secret_options(CLI::App& secret, vault_command_options& options) {
  add_item_options(secret, options);
  add_delivery_options(secret, options);
  add_agent_options(secret, options);
}

void add_secrets_options(CLI::App& secrets, vault_command_options& options) {
  add_vault_options(secrets, options)->required();
  add_agent_options(secrets, options);
}

void add_certificate_options(CLI::App& certificate, vault_command_options& options) {
  using arc_identity::certificate_format;
  add_item_options(certificate, options);
  add_delivery_options(certificate, options)->required();
  add_text_option(certificate, "--key-output", options.key_output, "FILE",
                  "Another file for the private key alone; both are PEM");
  add_choice_option<certificate_format>(
      certificate, "--format", options.format,
      {{"pem", certificate_format::pem}, {"pfx", certificate_format::pfx}},
      "Convert it, if need be [as the vault keeps it]");
  add_agent_options(certificate, options);
}

}  // namespace arc_identity_cli
