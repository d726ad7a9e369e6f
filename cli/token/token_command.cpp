// SPDX-License-Identifier: MIT

#include "token/token_command.hpp"

#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

#include <arc_identity/core.hpp>
#include <arc_identity/system/client.hpp>

#include "agent_options.hpp"
#include "complain.hpp"
#include "exit_code.hpp"
#include "long_wait.hpp"
#include "terminal_text.hpp"

namespace arc_identity_cli {
namespace {

/// https://kubernetes.io/docs/reference/config-api/client-authentication.v1/
std::string exec_credential(const std::string& secret, std::chrono::seconds expires_on) {
  return "{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\","
         "\"status\":{\"expirationTimestamp\":" +
         json_text(timestamp(expires_on)) + ",\"token\":" + json_text(secret) + "}}\n";
}

std::string format(const arc_identity::token_response& token,
                   const token_command_options& options) {
  const std::string secret(token.access_token);
  switch (options.format) {
    case token_format::raw: return secret + '\n';
    case token_format::header: return "Authorization: Bearer " + secret + '\n';
    case token_format::exec_credential: return exec_credential(secret, token.expires_on);
    case token_format::json: break;
  }
  return "{\"access_token\":" + json_text(secret) +
         ",\"token_type\":\"Bearer\",\"resource\":" + json_text(options.resource) +
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
  std::fprintf(stderr, "arc-identity: cannot write the token to standard output\n");
  return exit_failed;
}

}  // namespace

// The date by Howard Hinnant's civil_from_days: years begin in March, and 400 of them have 146097
// days. The C library's functions end in 2038 if time_t has 32 bits.
std::string timestamp(std::chrono::seconds since_1970) {
  const long long seconds = since_1970.count();
  const long long days = seconds / 86400 + 719468;  // since March 1 of the year 0
  const long long era = days / 146097;
  const long long day_of_era = days % 146097;
  const long long year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const long long day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const long long month_from_march = (5 * day_of_year + 2) / 153;
  const long long day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  const long long month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  const long long year = era * 400 + year_of_era + (month <= 2 ? 1 : 0);
  char text[64];
  std::snprintf(text, sizeof text, "%04lld-%02lld-%02lldT%02lld:%02lld:%02lldZ", year, month, day,
                seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
  return text;
}

int run_token(const token_command_options& options) {
  static char workspace[64 * 1024];
  const auto token = get_token(options, workspace);
  if (!token) return complain(token.error());
  return print(format(*token, options));
}

}  // namespace arc_identity_cli
