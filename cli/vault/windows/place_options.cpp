// SPDX-License-Identifier: MIT

#include "vault/place_options.hpp"

namespace arc_identity_cli {
namespace {

CLI::Option* add_output_options(CLI::App& command, vault_command_options& options) {
  CLI::Option* const output =
      add_text_option(command, "--output", options.output, "FILE",
                      "File to write, replaced atomically if its content differs");
  add_text_option(command, "--on-change", options.delivery.on_change, "COMMAND",
                  "cmd.exe command to run after a change; if it fails, the next run repeats it");
  return output;
}

CLI::Option* add_read_for_option(CLI::App& command, vault_command_options& options) {
  return add_text_option(command, "--read-for", options.delivery.read_for, "ACCOUNT",
                         "Who else may read it, besides this user, Administrators and SYSTEM: e.g. "
                         "\"IIS AppPool\\Site\" or \"NT SERVICE\\Name\"");
}

}  // namespace

const char* const format_help = "Fail if the vault stores another format; a store takes only pfx";
const char* const certificate_example =
    "Example:\n"
    "  arc-identity certificate web --vault https://myvault.vault.azure.net ^\n"
    "    --store LocalMachine\\My";

/// WinHTTP trusts the CA certificates of Windows, not those of a file.
void add_trust_options(CLI::App&, vault_command_options&) {}

CLI::Option* add_file_options(CLI::App& command, vault_command_options& options) {
  CLI::Option* const output = add_output_options(command, options);
  add_read_for_option(command, options)->needs(output);
  command.get_option("--on-change")->needs(output);
  return output;
}

void add_certificate_place_options(CLI::App& certificate, vault_command_options& options) {
  add_output_options(certificate, options);
  add_read_for_option(certificate, options);
  CLI::Option* const store = add_text_option(
      certificate, "--store", options.store, "STORE",
      "Certificate store, such as LocalMachine\\My: import the certificate with its private key "
      "and print its thumbprint");
  certificate
      .add_flag("--remove-old", options.remove_old,
                "Remove certificates that earlier runs imported and that were renewed since")
      ->needs(store);
}

}  // namespace arc_identity_cli
