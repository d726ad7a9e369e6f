// SPDX-License-Identifier: MIT

#include "serve/serve_options.hpp"

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "agent_options.hpp"
#include "choice_option.hpp"
#include "command_argument.hpp"
#include "serve/ip_address.hpp"
#include "serve/serve_command.hpp"

namespace arc_identity_cli {
namespace {

constexpr const char* serve_footer =
    "COMMAND runs with IDENTITY_ENDPOINT and IDENTITY_HEADER set, so that any Azure\n"
    "SDK in it gets tokens:\n"
    "  arc-identity serve -- python3 program.py\n"
    "With --protocol imds, AZURE_POD_IDENTITY_AUTHORITY_HOST is set instead.\n"
    "Variables that lead to other credentials are removed. Without COMMAND, the\n"
    "server runs until it is interrupted. Anyone it serves can act as this machine.";

std::string check_listen(const std::string& text) {
  return parse_socket_address(text) ? "" : "must be ADDRESS:PORT, not '" + text + '\'';
}

std::string check_network(const std::string& text) {
  return parse_network(text) ? "" : "must be a network such as 172.17.0.0/16, not '" + text + '\'';
}

CLI::Option* add_list(CLI::App& serve, const char* name, std::vector<std::string>& list,
                      const CLI::Validator& check, const char* help) {
  return serve.add_option(name, list, help)
      ->allow_extra_args(false)  // otherwise it would swallow COMMAND
      ->check(check);
}

void add_access_options(CLI::App& serve, serve_command_options& options) {
  add_list(serve, "--allow-user", options.users, CLI::Validator(check_not_empty, "NAME"),
           "Serve local processes only if they are this user's. Can be repeated");
  add_list(serve, "--allow-network", options.networks, CLI::Validator(check_network, "CIDR"),
           "Serve containers and machines in this network. Can be repeated");
  add_list(serve, "--allow-resource", options.resources, CLI::Validator(check_not_empty, "URL"),
           "Serve tokens only for this resource. Can be repeated");
  add_list(serve, "--allow-client-id", options.client_ids, CLI::Validator(check_not_empty, "ID"),
           "Serve tokens only of this user-assigned identity; system-assigned is the machine's own "
           "identity. Can be repeated");
}

}  // namespace

void add_serve_options(CLI::App& serve, serve_command_options& options) {
  serve
      .add_option("--listen", options.listen,
                  "Address to listen on; port 0 picks a free one [127.0.0.1:0]")
      ->check(CLI::Validator(check_listen, "ADDRESS:PORT"));
  add_choice_option<serve_protocol>(
      serve, "--protocol", options.protocol,
      {{"app-service", serve_protocol::app_service}, {"imds", serve_protocol::imds}},
      "imds is the protocol of Azure VMs, for software that knows no other; it has no secret, so "
      "it requires --allow-user or --allow-network [app-service]");
  CLI::Option* const file =
      serve
          .add_option("--env-file", options.env_file,
                      "Write the variables for other processes to FILE (mode 0600); a restart "
                      "reuses the port and the header in it")
          ->check(CLI::Validator(check_not_empty, "FILE"));
  serve.add_option("--group", options.group, "Also let this group read the file (mode 0640)")
      ->check(CLI::Validator(check_not_empty, "GROUP"))
      ->needs(file);
  add_access_options(serve, options);
  add_key_directory_option(serve, options);
  add_connection_options(serve, options);
  add_command_argument(serve, options.command, "A program to run, and its arguments");
  serve.footer(serve_footer);
}

std::string check_together(const serve_command_options& options) {
  const bool has_rule = !options.users.empty() || !options.networks.empty();
  if (options.protocol == serve_protocol::imds && !has_rule) {
    return "--protocol imds has no secret: limit the clients with --allow-user or --allow-network";
  }
  const auto address = parse_socket_address(options.listen);
  if (address && !address->ip.is_loopback() && !has_rule) {
    return "--listen " + options.listen +
           " is not a loopback address: limit the clients with --allow-network or --allow-user";
  }
  if (options.protocol == serve_protocol::app_service && options.command.empty() &&
      options.env_file.empty()) {
    return "without COMMAND, --env-file is required: clients need the header in it";
  }
  return "";
}

}  // namespace arc_identity_cli
