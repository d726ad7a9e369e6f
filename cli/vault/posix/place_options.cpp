// SPDX-License-Identifier: MIT

#include "vault/place_options.hpp"

namespace arc_identity_cli {
namespace {

std::string check_mode(const std::string& text) {
  const bool is_mode = !text.empty() && text.size() <= 4 &&
                       text.find_first_not_of("01234567") == std::string::npos &&
                       std::stoul(text, nullptr, 8) <= 0777;
  return is_mode ? "" : "must be an octal number from 0 to 777, such as 640";
}

}  // namespace

const char* const format_help = "Convert to this format [as the vault stores it]";
const char* const certificate_example =
    "Example:\n"
    "  arc-identity certificate web --vault https://myvault.vault.azure.net \\\n"
    "    --format pem --output /etc/ssl/web.pem --group www-data --mode 640 \\\n"
    "    --on-change 'systemctl reload nginx'";

void add_trust_options(CLI::App& command, vault_command_options& options) {
  command
      .add_option("--ca-file", options.ca_file,
                  "PEM file with the only CA certificates to trust [the system's]")
      ->check(CLI::ExistingFile);
}

CLI::Option* add_file_options(CLI::App& command, vault_command_options& options) {
  CLI::Option* const output = add_text_option(command, "--output", options.output, "FILE",
                                              "File to write, replaced atomically if its content "
                                              "differs; - for standard output, or a "
                                              "descriptor such as /dev/fd/3");
  delivery_options& delivery = options.delivery;
  add_text_option(command, "--owner", delivery.owner, "USER",
                  "Owner of the file [the user who runs this]")
      ->needs(output);
  add_text_option(command, "--group", delivery.group, "GROUP",
                  "Group of the file [as for any new file there]")
      ->needs(output);
  command.add_option("--mode", delivery.mode, "The file's permissions [600]")
      ->check(CLI::Validator(check_mode, "OCTAL"))
      ->needs(output);
  add_text_option(command, "--on-change", delivery.on_change, "COMMAND",
                  "Shell command to run after a change; if it fails, the next run repeats it")
      ->needs(output);
  return output;
}

void add_certificate_place_options(CLI::App& certificate, vault_command_options& options) {
  add_file_options(certificate, options)->required();
  add_text_option(certificate, "--key-output", options.key_output, "FILE",
                  "Write the private key to this file instead; both are PEM");
}

}  // namespace arc_identity_cli
