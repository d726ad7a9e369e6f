// SPDX-License-Identifier: MIT
//
// What every command that needs a token has in common: how the agent is asked, and for whom.

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
  /// One of the three at most; all empty: the system-assigned identity.
  std::string client_id;
  std::string object_id;
  std::string resource_id;
  /// Empty: found on this machine.
  std::string endpoint;
  std::string key_directory;
  std::chrono::milliseconds timeout{30'000};
  arc_identity::agent_check agent_check = arc_identity::agent_check::owner;
  /// Tell each step of the exchange on standard error.
  bool verbose = false;
  /// Say nothing of a long wait, not even on a terminal.
  bool quiet = false;
};

/// Declares the arguments on a subcommand. Parsing writes to options, which have to live until
/// then.
void add_agent_options(CLI::App& command, agent_options& options);

/// Of those, what a command needs that asks for no token.
void add_connection_options(CLI::App& command, agent_options& options);
void add_key_directory_option(CLI::App& command, agent_options& options);

/// For arguments that must not be empty: what is wrong with one, as CLI11 wants it told.
std::string check_not_empty(const std::string& text);
/// The same of endpoints of the agent.
std::string check_endpoint(const std::string& url);
/// The same of paths that must be absolute.
std::string check_absolute(const std::string& path);

/// An option that takes a time in seconds, of which 1 ms is the least.
void add_seconds_option(CLI::App& command, const char* name, std::chrono::milliseconds& time,
                        const char* help);

/// The same as the library has it, in views of `options`.
arc_identity::managed_identity_id identity_of(const agent_options& options);
arc_identity::options settings_of(const agent_options& options);

/// An observer that tells each event on standard error.
void tell(void*, const arc_identity::event& event);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_AGENT_OPTIONS_HPP
