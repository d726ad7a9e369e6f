// SPDX-License-Identifier: MIT

#include "vault/vault_commands.hpp"

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <utility>

#include <arc_identity/arc_identity.hpp>
#include <arc_identity/key_vault/curl.hpp>

#include "complain.hpp"
#include "exit_code.hpp"
#include "long_wait.hpp"
#include "terminal_text.hpp"
#include "vault/output_file.hpp"

namespace arc_identity_cli {
namespace {

using arc_identity::certificate_format;

arc_identity::key_vault vault_of(const vault_command_options& options,
                                 const arc_identity::options& agent_settings) {
  arc_identity::key_vault_options settings;
  settings.identity = identity_of(options);
  settings.total_timeout = options.timeout;
  settings.attempt_timeout = std::min(settings.attempt_timeout, options.timeout);
  if (options.verbose) settings.observer = tell;
  return arc_identity::key_vault(arc_identity::credential(agent_settings), options.vault, settings,
                                 arc_identity::curl_https(options.ca_file));
}

/// What `read` gets from the vault, which is not contacted where there is no agent. Says on a
/// terminal what takes long.
template <class Read>
auto get(const vault_command_options& options, Read read)
    -> decltype(read(std::declval<arc_identity::key_vault&>())) {
  arc_identity::options agent_settings = settings_of(options);
  arc_identity::system::discovery agent;
  const auto failure = agent.find(agent_settings);
  if (failure.what != nullptr) return failure;
  const long_wait wait(options, agent_settings, "waiting for the vault");
  arc_identity::key_vault vault = vault_of(options, agent_settings);
  return read(vault);
}

int fail(const std::string& message) {
  std::fprintf(stderr, "arc-identity: %s\n", without_controls(message).c_str());
  return exit_failed;
}

int print(std::string_view secret) {
  std::setvbuf(stdout, nullptr, _IONBF, 0);  // No copy of the secret in a buffer.
  const bool is_written = std::fwrite(secret.data(), 1, secret.size(), stdout) == secret.size() &&
                          std::fputc('\n', stdout) != EOF;
  return is_written ? exit_done : fail("the secret cannot be written to standard output");
}

int save(const std::string& path, std::string_view content) {
  const std::string failure = write_private_file(path, content);
  return failure.empty() ? exit_done : fail(failure);
}

}  // namespace

int run_secret(const vault_command_options& options) {
  const auto secret =
      get(options, [&](auto& vault) { return vault.get_secret(options.name, options.version); });
  if (!secret) return complain(secret.error());
  const std::string_view value = secret->value.view();
  return options.output.empty() ? print(value) : save(options.output, value);
}

int run_certificate(const vault_command_options& options) {
  const auto certificate = get(
      options, [&](auto& vault) { return vault.get_certificate(options.name, options.version); });
  if (!certificate) return complain(certificate.error());
  if (options.format && *options.format != certificate->format) {
    return fail(certificate->format == certificate_format::pfx
                    ? "the vault keeps this certificate as PFX: ask for --format pfx"
                    : "the vault keeps this certificate as PEM: ask for --format pem");
  }
  return save(options.output, certificate->content.view());
}

}  // namespace arc_identity_cli
