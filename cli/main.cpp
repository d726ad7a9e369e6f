// SPDX-License-Identifier: MIT
//
// The program `arc-identity`: picks the command. What each does is in its own file.

#include <string_view>

#include <CLI/CLI.hpp>

#include <arc_identity/version.hpp>

#include "companion_program.hpp"
#include "doctor/doctor_command.hpp"
#include "generate.hpp"
#include "metadata/metadata_command.hpp"
#include "metadata/metadata_options.hpp"
#include "program_start.hpp"
#include "simulate/simulate_command.hpp"
#include "simulate/simulate_options.hpp"
#include "token/token_command.hpp"
#include "token/token_options.hpp"
#include "usage.hpp"
#include "vault/vault_options.hpp"

namespace arc_identity_cli {
namespace {

struct all_options {
  token_command_options token;
  metadata_command_options metadata;
  doctor_command_options doctor;
  simulate_command_options simulate;
  vault_command_options vault;
};

struct command {
  const char* name = nullptr;
  const char* help = nullptr;
  void (*declare)(CLI::App& app, all_options& options) = nullptr;
  int (*run)(const all_options& options) = nullptr;  ///< Null for a companion's.
  const companion_command* companion = nullptr;
};

constexpr command of_companion(const companion_command& which,
                               void (*declare)(CLI::App& app, all_options& options)) {
  return {which.name, which.help, declare, nullptr, &which};
}

constexpr command commands[] = {
    {"token", "Get an access token and print it",
     [](CLI::App& app, all_options& options) { add_token_options(app, options.token); },
     [](const all_options& options) { return run_token(options.token); }},
    {"metadata", "Print what the agent tells of this machine",
     [](CLI::App& app, all_options& options) { add_metadata_options(app, options.metadata); },
     [](const all_options& options) { return run_metadata(options.metadata); }},
    {"doctor", "Say why this user gets no token here, and what to do",
     [](CLI::App& app, all_options& options) { add_doctor_options(app, options.doctor); },
     [](const all_options& options) { return run_doctor(options.doctor); }},
    of_companion(
        simulate_command,
        [](CLI::App& app, all_options& options) { add_simulate_options(app, options.simulate); }),
    of_companion(
        secret_command,
        [](CLI::App& app, all_options& options) { add_secret_options(app, options.vault); }),
    of_companion(
        secrets_command,
        [](CLI::App& app, all_options& options) { add_secrets_options(app, options.vault); }),
    of_companion(certificate_command, [](CLI::App& app, all_options& options) {
      add_certificate_options(app, options.vault);
    })};

const command* find_command(std::string_view name) {
  for (const command& each : commands) {
    if (name == each.name) return &each;
  }
  return nullptr;
}

/// To declare an option costs more than to parse it, and a script may get its tokens in a loop: of
/// a command that is named, only its own are declared; of all of them only for --help and the like.
void declare(CLI::App& app, const command* named, all_options& options) {
  for (const command& each : commands) {
    if (named == nullptr || named == &each) {
      each.declare(*app.add_subcommand(each.name, each.help), options);
    }
  }
  if (named == nullptr) add_generate_option(app);
}

int run(const command& chosen, const all_options& options, char** arguments) {
  return chosen.companion != nullptr ? become(*chosen.companion, arguments) : chosen.run(options);
}

}  // namespace
}  // namespace arc_identity_cli

// NOLINTNEXTLINE(bugprone-exception-escape): without memory, or with a mistake here, it may end so.
int main(int argc, char** argv) {
  using namespace arc_identity_cli;
  occupy_standard_handles();
  const command* const named = find_command(argc > 1 ? argv[1] : "");
  if (named != nullptr && named->companion != nullptr) return become(*named->companion, argv);

  CLI::App app("Access tokens from the Azure Arc agent of this machine", "arc-identity");
  app.set_version_flag("--version", "arc-identity " ARC_IDENTITY_VERSION);
  app.require_subcommand(1);
  app.formatter(usage_formatter());
  all_options options;
  declare(app, named, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return explain(app, problem);
  }
  return run(*find_command(app.get_subcommands().front()->get_name()), options, argv);
}
