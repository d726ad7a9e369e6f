// SPDX-License-Identifier: MIT
//
// `arc-identity serve`: hands out this machine's tokens over App Service's protocol or that of
// Azure VMs. It parses no arguments; serve_options does.

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

/// With a command, as run_simulate: its exit code. Without: 0 after a signal. exit_failed where it
/// cannot serve, exit_usage where the options make no sense; standard error tells why.
int run_serve(const serve_command_options& options);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SERVE_SERVE_COMMAND_HPP
