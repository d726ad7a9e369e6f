// SPDX-License-Identifier: MIT
//
// `arc-identity serve`: serves this machine's tokens over the protocol of App Service or of Azure
// VMs. It parses no arguments; serve_options does.

#ifndef ARC_IDENTITY_CLI_SERVE_SERVE_COMMAND_HPP
#define ARC_IDENTITY_CLI_SERVE_SERVE_COMMAND_HPP

#include <string>
#include <vector>

#include "agent_options.hpp"
#include "serve/ip_address.hpp"
#include "serve/token_service.hpp"

namespace arc_identity_cli {

struct serve_command_options : agent_options {
  std::string listen = "127.0.0.1:0";
  serve_protocol protocol = serve_protocol::app_service;
  std::string env_file;
  std::string group;
  std::vector<std::string> users;
  std::vector<std::string> networks;
  std::vector<std::string> resources;
  std::vector<std::string> client_ids;
  /// Empty: serve until SIGINT, SIGTERM or SIGHUP.
  std::vector<std::string> command;
};

/// Returns the exit code: with a command, the command's, as run_simulate does; without one, 0 after
/// a signal; exit_failed if it cannot serve and exit_usage if options conflict, with a message on
/// standard error.
int run_serve(const serve_command_options& options);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SERVE_SERVE_COMMAND_HPP
