// SPDX-License-Identifier: MIT

#include "agent_options.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include <arc_identity/core/endpoint.hpp>

#include "choice_option.hpp"
#include "terminal_text.hpp"

namespace arc_identity_cli {
namespace {

std::string check_seconds(const std::string& text) {
  double seconds = 0;  // NaN is out of range.
  const bool is_in_range =
      CLI::detail::lexical_cast(text, seconds) && seconds >= 0.001 && seconds <= 86400;
  return is_in_range ? "" : "must be from 0.001 to 86400 seconds, not '" + text + '\'';
}

}  // namespace

std::string check_not_empty(const std::string& text) {
  return text.empty() ? "must not be empty" : "";
}

std::string check_endpoint(const std::string& url) {
  if (url.empty()) return check_not_empty(url);
  const auto parsed = arc_identity::endpoint::parse(url);
  return parsed ? "" : parsed.error().message();
}

std::string check_absolute(const std::string& path) {
  if (arc_identity::detail::is_absolute(path)) return {};
  return "must be an absolute path, as the agent's paths are, not '" + path + '\'';
}

void add_seconds_option(CLI::App& command, const char* name, std::chrono::milliseconds& time,
                        const char* help) {
  const auto store = [&time](double seconds) {
    time = std::chrono::milliseconds(static_cast<long long>(seconds * 1000));
  };
  command.add_option_function<double>(name, store, help)
      ->check(CLI::Validator(check_seconds, "SECONDS"));
}

void add_agent_options(CLI::App& command, agent_options& options) {
  add_identity_options(command, options);
  add_key_directory_option(command, options);
  add_connection_options(command, options);
}

void add_identity_options(CLI::App& command, identity_options& options) {
  const CLI::Validator not_empty(check_not_empty, "ID");
  CLI::Option_group* const identity = command.add_option_group(
      "Identity", "An identity other than the machine's own (at most one)");
  identity
      ->add_option("--client-id", options.client_id,
                   "The user-assigned identity with this client id (a GUID)")
      ->check(not_empty);
  identity
      ->add_option("--object-id", options.object_id,
                   "The user-assigned identity with this object id (a GUID)")
      ->check(not_empty);
  identity
      ->add_option("--resource-id", options.resource_id,
                   "The user-assigned identity with this Azure resource id")
      ->check(not_empty);
  identity->require_option(0, 1);
}

void add_key_directory_option(CLI::App& command, agent_options& options) {
  command
      .add_option("--key-directory", options.key_directory,
                  "The only directory to read key files from [the agent's]")
      ->check(CLI::Validator(check_absolute, "DIR"));
}

void add_connection_options(CLI::App& command, agent_options& options) {
  command
      .add_option("--endpoint", options.endpoint, "URL of the agent's token endpoint [discovered]")
      ->check(CLI::Validator(check_endpoint, "URL"));
  add_seconds_option(command, "--timeout", options.timeout,
                     "Time limit in seconds, 0.001 to 86400 [30]");
  using arc_identity::agent_check;
  CLI::Option* const check = add_choice_option<agent_check>(
      command, "--agent-check", options.agent_check,
      {{"none", agent_check::none}, {"owner", agent_check::owner}, {"strict", agent_check::strict}},
      "owner: send the key only to the owner of its file, root or himds; strict: send nothing to "
      "anyone but root and himds, and the key only to the owner of its file [owner]");
  command
      .add_flag_callback(
          "--verify-agent", [&options] { options.agent_check = agent_check::strict; },
          "Same as --agent-check strict")
      ->excludes(check);
  command.add_flag("--verbose", options.verbose, "Log each step to standard error");
  command.add_flag("--quiet", options.quiet, "Do not show progress on a terminal");
}

arc_identity::managed_identity_id identity_of(const identity_options& options) {
  using id = arc_identity::managed_identity_id;
  if (!options.client_id.empty()) return id::client_id(options.client_id);
  if (!options.object_id.empty()) return id::object_id(options.object_id);
  if (!options.resource_id.empty()) return id::resource_id(options.resource_id);
  return id::system_assigned();
}

arc_identity::options settings_of(const agent_options& options) {
  arc_identity::options settings;
  settings.endpoint = options.endpoint;
  settings.key_directory = options.key_directory;
  settings.total_timeout = options.timeout;
  settings.attempt_timeout = std::min(settings.attempt_timeout, options.timeout);
  settings.agent_check = options.agent_check;
  if (options.verbose) settings.observer = log_event;
  return settings;
}

void log_event(void*, const arc_identity::event& event) {
  using arc_identity::event_kind;
  const std::string text = printable_ascii(event.text);
  switch (event.kind) {
    case event_kind::connected:
      std::fprintf(stderr, "arc-identity: connected to the agent at %s\n", text.c_str());
      break;
    case event_kind::challenged:
      std::fprintf(stderr, "arc-identity: challenged: the agent asks for the contents of %s\n",
                   text.c_str());
      break;
    case event_kind::key_read: std::fprintf(stderr, "arc-identity: key file read\n"); break;
    case event_kind::retrying:
      std::fprintf(stderr, "arc-identity: attempt failed (%s); trying again in %.2f s\n",
                   event.http_status != 0 ? ("HTTP " + std::to_string(event.http_status)).c_str()
                                          : "no answer",
                   static_cast<double>(event.wait.count()) / 1000);
      break;
    case event_kind::refresh_failed: break;  // Reported only by a long-lived credential.
    case event_kind::token_received:
      std::fprintf(stderr, "arc-identity: token received, valid for %lld s\n",
                   static_cast<long long>(event.lifetime.count()));
      break;
  }
}

}  // namespace arc_identity_cli
