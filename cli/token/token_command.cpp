// SPDX-License-Identifier: MIT

#include "token/token_command.hpp"

#include <cstdio>
#include <string>
#include <string_view>

#include <arc_identity/core.hpp>
#include <arc_identity/system/client.hpp>

#include "agent_options.hpp"
#include "complain.hpp"
#include "exit_code.hpp"
#include "long_wait.hpp"

namespace arc_identity_cli {
namespace {

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

arc_identity::result<arc_identity::token_response> get_token(const token_command_options& options,
                                                             arc_identity::mutable_buffer space) {
  arc_identity::options settings = settings_of(options);
  const long_wait wait(options, settings);
  arc_identity::client client(settings);
  return client.get_token({options.resource, identity_of(options)}, space);
}

int print(const std::string& text) {
  std::setvbuf(stdout, nullptr, _IONBF, 0);  // No copy of the secret in a buffer.
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size()) return exit_done;
  std::fprintf(stderr, "arc-identity: the token cannot be written to standard output\n");
  return exit_failed;
}

}  // namespace

int run_token(const token_command_options& options) {
  static char workspace[64 * 1024];
  const auto token = get_token(options, workspace);
  if (!token) return complain(token.error());
  return print(format(*token, options));
}

}  // namespace arc_identity_cli
