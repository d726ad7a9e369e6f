// SPDX-License-Identifier: MIT

#include "vault/vault_options.hpp"

#include <string>

#include <CLI/CLI.hpp>

#include <arc_identity/key_vault/https_url.hpp>

#include "choice_option.hpp"
#include "vault/place_options.hpp"

namespace arc_identity_cli {
namespace {

std::string check_vault(const std::string& url) {
  if (url.empty()) return check_not_empty(url);
  arc_identity::detail::https_url parts;
  const char* rejection = arc_identity::detail::parse_https_url(url, parts).c_str();
  if (rejection == nullptr && parts.has_path()) rejection = "the URL has a path or a query";
  if (rejection == nullptr) return {};
  return std::string(rejection) + ". Expected a URL like https://myvault.vault.azure.net";
}

/// Options for requests to the vault.
CLI::Option* add_vault_options(CLI::App& command, vault_command_options& options) {
  CLI::Option* const vault =
      command
          .add_option("--vault", options.vault,
                      "The vault's URL, such as https://myvault.vault.azure.net")
          ->check(CLI::Validator(check_vault, "URL"));
  add_text_option(command, "--api-version", options.api_version, "VERSION",
                  "Key Vault's API version; Azure Stack Hub supports up to 7.1 [7.4]");
  add_text_option(command, "--resource", options.resource, "URL",
                  "Resource to request the token for [the one in the vault's challenge]");
  add_trust_options(command, options);
  return vault;
}

/// Options that select the item.
void add_item_options(CLI::App& command, vault_command_options& options) {
  command.add_option("NAME", options.name, "Name in the vault, or identifier (a URL)")
      ->required()
      ->check(CLI::Validator(check_not_empty, "NAME"));
  CLI::Option* const vault = add_vault_options(command, options);
  vault->description(vault->get_description() + " [the identifier's]");
  add_text_option(command, "--version", options.version, "VERSION",
                  "Version [the identifier's, or the current one]");
}

}  // namespace

void add_secret_options(CLI::App& secret, vault_command_options& options) {
  add_item_options(secret, options);
  add_file_options(secret, options);
  add_agent_options(secret, options);
  secret.footer(
      "Example:\n"
      "  arc-identity secret database-password \\\n"
      "    --vault https://myvault.vault.azure.net");
}

void add_secrets_options(CLI::App& secrets, vault_command_options& options) {
  add_vault_options(secrets, options)->required();
  add_agent_options(secrets, options);
  secrets.footer(
      "Example:\n"
      "  arc-identity secrets --vault https://myvault.vault.azure.net");
}

void add_certificate_options(CLI::App& certificate, vault_command_options& options) {
  using arc_identity::certificate_format;
  add_item_options(certificate, options);
  add_certificate_place_options(certificate, options);
  add_choice_option<certificate_format>(
      certificate, "--format", options.format,
      {{"pem", certificate_format::pem}, {"pfx", certificate_format::pfx}}, format_help);
  add_agent_options(certificate, options);
  certificate.footer(certificate_example);
}

}  // namespace arc_identity_cli
