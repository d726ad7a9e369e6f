// SPDX-License-Identifier: MIT

#include "vault/place_options.hpp"

namespace arc_identity_cli {
namespace {

CLI::Option* add_output_options(CLI::App& command, vault_command_options& options) {
  CLI::Option* const output =
      add_text_option(command, "--output", options.output, "FILE",
                      "A file, replaced in one step if its content differs");
  add_text_option(command, "--on-change", options.delivery.on_change, "COMMAND",
                  "Have cmd.exe run it after a change; if it fails, in the next run again");
  return output;
}

CLI::Option* add_read_for_option(CLI::App& command, vault_command_options& options) {
  return add_text_option(command, "--read-for", options.delivery.read_for, "ACCOUNT",
                         "Who may read it besides this user, Administrators and SYSTEM; such as "
                         "\"IIS AppPool\\Site\" or \"NT SERVICE\\Name\"");
}

}  // namespace

const char* const format_help = "Fail if the vault keeps it otherwise; a store takes pfx alone";
const char* const certificate_example =
    "Example:\n"
    "  arc-identity certificate web --vault https://myvault.vault.azure.net ^\n"
    "    --store LocalMachine\\My";

/// WinHTTP trusts the CA certificates of Windows, and no file.
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
      "A certificate store, as LocalMachine\\My: import it with its private key and "
      "print its thumbprint");
  certificate
      .add_flag("--remove-old", options.remove_old,
                "Remove from the store what an earlier run has imported and a later one renewed")
      ->needs(store);
}

}  // namespace arc_identity_cli
