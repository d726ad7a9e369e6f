// SPDX-License-Identifier: MIT

#include "token_command.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include <arc_identity/core.hpp>
#include <arc_identity/system/client.hpp>

namespace arc_identity_cli {
namespace {

using arc_identity::errc;

arc_identity::managed_identity_id identity_of(const token_command_options& options) {
  using id = arc_identity::managed_identity_id;
  if (!options.client_id.empty()) return id::client_id(options.client_id);
  if (!options.object_id.empty()) return id::object_id(options.object_id);
  if (!options.resource_id.empty()) return id::resource_id(options.resource_id);
  return id::system_assigned();
}

/// Fit for a terminal: printable ASCII and nothing else.
std::string printable(std::string_view text) {
  std::string clean(text);
  std::replace_if(
      clean.begin(), clean.end(), [](char c) { return c < 0x20 || c > 0x7e; }, '?');
  return clean;
}

void tell(void*, const arc_identity::event& event) {
  using arc_identity::event_kind;
  const std::string text = printable(event.text);
  switch (event.kind) {
    case event_kind::connected:
      std::fprintf(stderr, "connected to the agent at %s\n", text.c_str());
      break;
    case event_kind::challenged:
      std::fprintf(stderr, "challenged: the agent wants the text of %s\n", text.c_str());
      break;
    case event_kind::key_read: std::fprintf(stderr, "key file read\n"); break;
    case event_kind::retrying:
      std::fprintf(stderr, "attempt failed (error %d, HTTP %d); trying again in %.1f s\n",
                   static_cast<int>(event.reason), event.http_status,
                   static_cast<double>(event.wait.count()) / 1000);
      break;
    case event_kind::refresh_failed: break;  // Only of a credential.
    case event_kind::token_received:
      std::fprintf(stderr, "token received, good for %lld s\n",
                   static_cast<long long>(event.lifetime.count()));
      break;
  }
}

/// `text` between quotes, with what RFC 8259, 7 wants escaped.
std::string quoted(std::string_view text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') json += '\\';
    json += c;
  }
  return json + '"';
}

std::string format(const arc_identity::token_response& token,
                   const token_command_options& options) {
  const std::string secret(token.access_token);
  switch (options.format) {
    case token_format::raw: return secret + '\n';
    case token_format::header: return "Authorization: Bearer " + secret + '\n';
    case token_format::json: break;
  }
  return "{\"access_token\":" + quoted(secret) +
         ",\"token_type\":\"Bearer\",\"resource\":" + quoted(options.resource) +
         ",\"expires_on\":" + std::to_string(token.expires_on.count()) +
         ",\"expires_in\":" + std::to_string(token.lifetime.count()) + "}\n";
}

int exit_code_of(errc code) {
  switch (code) {
    case errc::invalid_argument: return exit_usage;
    case errc::not_arc_server: return exit_not_arc;
    case errc::key_file_denied: return exit_denied;
    default: return exit_failed;
  }
}

int print(const std::string& text) {
  std::setvbuf(stdout, nullptr, _IONBF, 0);  // No copy of the secret in a buffer.
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size()) return exit_done;
  std::fprintf(stderr, "arc-identity: the token cannot be written to standard output\n");
  return exit_failed;
}

}  // namespace

int run_token(const token_command_options& options) {
  arc_identity::options settings;
  settings.endpoint = options.endpoint;
  settings.key_directory = options.key_directory;
  settings.total_timeout = options.timeout;
  settings.attempt_timeout = std::min(settings.attempt_timeout, options.timeout);
  settings.verify_agent = options.verify_agent;
  if (options.verbose) settings.observer = tell;

  arc_identity::client client(settings);
  static char workspace[64 * 1024];
  const auto token = client.get_token({options.resource, identity_of(options)}, workspace);
  if (!token) {
    std::fprintf(stderr, "arc-identity: %s\n", token.error().message());
    return exit_code_of(token.error().code());
  }
  return print(format(*token, options));
}

}  // namespace arc_identity_cli
