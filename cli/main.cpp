// SPDX-License-Identifier: MIT
//
// The program `arc-identity`: picks the subcommand. What each does is in its own file.

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <sstream>

#include <CLI/CLI.hpp>

#include <arc_identity/version.hpp>

#include "simulate_command.hpp"
#include "simulate_options.hpp"
#include "token_command.hpp"
#include "token_options.hpp"

namespace {

/// A standard handle that is closed would go to the next socket or file that is opened, and what is
/// told on standard error to the agent.
void occupy_standard_handles() {
  for (const int handle : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(handle, F_GETFD) < 0) ::open("/dev/null", O_RDONLY);  // Writing to it fails.
  }
}

/// Help and version are no failure; everything else that parsing ends with is wrong usage. The
/// arguments that are quoted then may hold anything.
int explain(const CLI::App& app, const CLI::ParseError& problem) {
  std::ostringstream help;
  std::ostringstream complaint;
  const int code = app.exit(problem, help, complaint);
  std::fputs(help.str().c_str(), stdout);
  for (const char c : complaint.str())
    std::fputc(c == '\n' || (c >= ' ' && c <= '~') ? c : '?', stderr);
  return code == 0 ? arc_identity_cli::exit_done : arc_identity_cli::exit_usage;
}

}  // namespace

// NOLINTNEXTLINE(bugprone-exception-escape): without memory, or with a mistake here, it may end so.
int main(int argc, char** argv) {
  occupy_standard_handles();
  CLI::App app("Access tokens from the Azure Arc agent of this machine", "arc-identity");
  app.set_version_flag("--version", "arc-identity " ARC_IDENTITY_VERSION);
  app.require_subcommand(1);

  arc_identity_cli::token_command_options token_options;
  CLI::App* const token = app.add_subcommand("token", "Get an access token and print it");
  add_token_options(*token, token_options);

  arc_identity_cli::simulate_command_options simulate_options;
  CLI::App* const simulate =
      app.add_subcommand("simulate", "Stand in for the agent, for demonstrations and tests");
  add_simulate_options(*simulate, simulate_options);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return explain(app, problem);
  }
  return token->parsed() ? run_token(token_options) : run_simulate(simulate_options);
}
