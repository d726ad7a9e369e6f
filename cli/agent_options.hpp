// SPDX-License-Identifier: MIT
//
// What all commands that need a token have in common: how to reach the agent, and which identity to
// request.

#ifndef ARC_IDENTITY_CLI_AGENT_OPTIONS_HPP
#define ARC_IDENTITY_CLI_AGENT_OPTIONS_HPP

#include <chrono>
#include <string>

#include <arc_identity/core/managed_identity_id.hpp>
#include <arc_identity/core/options.hpp>

namespace CLI {
class App;
}

namespace arc_identity_cli {

struct agent_options {
  /// At most one of the three; if all are empty, the system-assigned identity.
  std::string client_id;
  std::string object_id;
  std::string resource_id;
  /// Empty: discovered on this machine.
  std::string endpoint;
  std::string key_directory;
  std::chrono::milliseconds timeout{30'000};
  arc_identity::agent_check agent_check = arc_identity::agent_check::owner;
  /// Log each step of the exchange to standard error.
  bool verbose = false;
  /// Do not show progress, not even on a terminal.
  bool quiet = false;
};

/// Declares the arguments on a subcommand. Parsing writes to `options`, which must stay alive until
/// then.
void add_agent_options(CLI::App& command, agent_options& options);

/// Declares those of them that a command without tokens needs.
void add_connection_options(CLI::App& command, agent_options& options);
void add_key_directory_option(CLI::App& command, agent_options& options);

/// A check for arguments that must not be empty: returns what is wrong, as CLI11 expects it.
std::string check_not_empty(const std::string& text);
/// The same for endpoints of the agent.
std::string check_endpoint(const std::string& url);
/// The same for paths that must be absolute.
std::string check_absolute(const std::string& path);

/// An option that takes a time in seconds, at least 1 ms.
void add_seconds_option(CLI::App& command, const char* name, std::chrono::milliseconds& time,
                        const char* help);

/// The library's options, as views of `options`.
arc_identity::managed_identity_id identity_of(const agent_options& options);
arc_identity::options settings_of(const agent_options& options);

/// An observer that logs each event to standard error.
void log_event(void*, const arc_identity::event& event);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_AGENT_OPTIONS_HPP
