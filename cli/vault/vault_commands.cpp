// SPDX-License-Identifier: MIT

#include "vault/vault_commands.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arc_identity/arc_identity.hpp>
#include <arc_identity/key_vault/identifier.hpp>

#include "complain.hpp"
#include "exit_code.hpp"
#include "long_wait.hpp"
#include "terminal_text.hpp"
#include "vault/certificate_destination.hpp"
#include "vault/delivery.hpp"
#include "vault/failure.hpp"
#include "vault/https_backend.hpp"
#include "vault/observed_https.hpp"

namespace arc_identity_cli {
namespace {

using vault_type = arc_identity::basic_key_vault<observed_https<https_backend>>;

[[noreturn]] void fail(const arc_identity::error& error) {
  throw failure(message_of(error), exit_code_of(error.code()));
}

/// The vault's URL: that of --vault, or the identifier's.
std::string url_of(const vault_command_options& options) {
  if (!options.vault.empty()) return options.vault;
  const auto identifier = arc_identity::key_vault_identifier::parse(options.name);
  if (identifier) return std::string(identifier->vault);
  if (arc_identity::key_vault_identifier::is_url(options.name)) fail(identifier.error());
  throw failure("--vault is required, unless an identifier (a URL) takes the place of the name",
                exit_usage);
}

vault_type vault_of(const vault_command_options& options, const std::string& url,
                    const arc_identity::options& agent_settings) {
  arc_identity::key_vault_options settings;
  settings.identity = identity_of(options);
  settings.resource = options.resource;
  if (!options.api_version.empty()) settings.api_version = options.api_version;
  settings.total_timeout = options.timeout;
  settings.attempt_timeout = std::min(settings.attempt_timeout, options.timeout);
  settings.observer_context = agent_settings.observer_context;
  if (options.verbose) settings.observer = log_event;
  if (settings.observer_context != nullptr) settings.observer = long_wait::on_event_of_vault;
  return vault_type(arc_identity::credential(agent_settings), url, settings,
                    {make_backend(options), options.verbose});
}

/// The result of `read`, called with the vault. Without an agent, the vault is not contacted. Shows
/// progress on a terminal.
template <class Read>
auto get(const vault_command_options& options, Read read) {
  const std::string url = url_of(options);
  arc_identity::options agent_settings = settings_of(options);
  arc_identity::system::discovery agent;
  const auto missing = agent.find(agent_settings);
  if (missing.what != nullptr) fail(arc_identity::error(missing));
  const long_wait wait(options, agent_settings, "waiting for the vault");
  vault_type vault = vault_of(options, url, agent_settings);
  return read(vault);
}

template <class Result>
auto value_of(Result result) {
  if (!result) fail(result.error());
  return std::move(*result);
}

void print(std::string_view secret) {
  std::setvbuf(stdout, nullptr, _IONBF, 0);  // no copy of the secret in a buffer
  const bool is_written = std::fwrite(secret.data(), 1, secret.size(), stdout) == secret.size() &&
                          std::fputc('\n', stdout) != EOF;
  if (!is_written) throw failure("cannot write the secret to standard output");
}

// --- The list ---

std::string time_text(std::chrono::seconds since_1970) {
  const auto time = static_cast<std::time_t>(since_1970.count());
  char text[32] = "-";
  // NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread.
  const std::tm* const parts = since_1970.count() != 0 ? std::gmtime(&time) : nullptr;
  if (parts != nullptr) std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", parts);
  return text;
}

void print_line(const arc_identity::key_vault_properties& secret) {
  const std::string type = secret.content_type.empty() ? "-" : secret.content_type;
  std::printf("%s\t%s\t%s\t%s\n", without_controls(secret.name).c_str(),
              without_controls(type).c_str(), secret.enabled ? "enabled" : "disabled",
              time_text(secret.expires_on).c_str());
}

void print_all_secrets(vault_type& vault, std::chrono::milliseconds timeout) {
  const auto end = std::chrono::steady_clock::now() + timeout;
  auto page = value_of(vault.list_secrets());
  for (;;) {
    for (const auto& secret : page.secrets) print_line(secret);
    if (page.next_link.empty()) break;
    if (std::chrono::steady_clock::now() >= end) {
      throw failure("listing the secrets took too long; see --timeout");
    }
    page = value_of(vault.next_page(page));
  }
  if (std::fflush(stdout) != 0) throw failure("cannot write the list to standard output");
}

template <class Run>
int exit_code_after(Run run) {
  try {
    run();
    return exit_done;
  } catch (const failure& problem) {
    std::fprintf(stderr, "arc-identity: %s\n", without_controls(problem.what()).c_str());
    return problem.exit_code();
  }
}

}  // namespace

int run_secret(const vault_command_options& options) {
  const auto get_secret = [&] {
    return value_of(
        get(options, [&](auto& vault) { return vault.get_secret(options.name, options.version); }));
  };
  return exit_code_after([&] {
    if (options.output.empty()) return print(get_secret().value.view());
    delivery delivery({options.output}, options.delivery, options.timeout, options.verbose);
    std::vector<delivered_content> contents;
    contents.push_back({std::move(get_secret().value)});
    delivery.deliver(contents);
  });
}

int run_secrets(const vault_command_options& options) {
  return exit_code_after(
      [&] { get(options, [&](auto& vault) { print_all_secrets(vault, options.timeout); }); });
}

int run_certificate(const vault_command_options& options) {
  return exit_code_after([&] {
    certificate_destination destination(options);
    destination.deliver(value_of(get(options, [&](auto& vault) {
      return vault.get_certificate(options.name, options.version);
    })));
  });
}

}  // namespace arc_identity_cli
