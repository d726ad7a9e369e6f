// SPDX-License-Identifier: MIT

#include "simulate/simulate_command.hpp"

#include <csignal>
#include <cstdio>
#include <fstream>
#include <mutex>
#include <string_view>

#include "posix/child_command.hpp"
#include "simulate/command_surroundings.hpp"

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): it is not ours.
extern char** environ;  // POSIX leaves its declaration to the program.

namespace arc_identity_cli {
namespace {

using strings = std::vector<std::string>;

void print_error(const std::string& text) {
  std::fprintf(stderr, "arc-identity: %s\n", text.c_str());
}

void log_to_standard_error(std::string_view line) {
  const std::string text = std::string(line) + '\n';
  std::fputs(text.c_str(), stderr);  // in one call: lines of several threads do not mix
}

// Lines of several threads do not mix.
class line_file {
 public:
  bool open(const std::string& path) {
    file_.open(path, std::ios::app);
    return file_.is_open();
  }

  void write(std::string_view line) {
    const std::lock_guard<std::mutex> lock(mutex_);
    file_ << line << std::endl;
  }

 private:
  std::ofstream file_;
  std::mutex mutex_;
};

int run_command(const strings& arguments, const simulated_agent& agent,
                const signals_blocked& signals) {
  return run_child(with_placeholders_filled(arguments, agent), command_environment(environ, agent),
                   signals);
}

std::string quoted_for_shell(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + '\'';
}

int serve(const simulated_agent& agent, const signals_blocked& signals) {
  std::printf("export IDENTITY_ENDPOINT=%s\n", quoted_for_shell(agent.endpoint()).c_str());
  std::printf("export IMDS_ENDPOINT=%s\n", quoted_for_shell(agent.imds_endpoint()).c_str());
  std::printf("key_directory=%s\n", quoted_for_shell(agent.key_directory()).c_str());
  for (const simulated_identity& identity : agent.identities()) {
    std::printf("# user-assigned: client_id=%s,object_id=%s,resource_id=%s\n",
                identity.client_id.c_str(), identity.object_id.c_str(),
                identity.resource_id.c_str());
  }
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals.ending(), &signal);
  return 0;
}

}  // namespace

int run_simulate(const simulate_command_options& options) {
  const signals_blocked signals;
  simulated_agent_options agent_options = options.agent;
  if (options.verbose) agent_options.log = log_to_standard_error;
  line_file log;
  if (!options.log_file.empty()) {
    if (!log.open(options.log_file)) {
      print_error("cannot write to " + options.log_file);
      return 1;
    }
    agent_options.json_log = [&log](std::string_view line) { log.write(line); };
  }
  simulated_agent agent(agent_options);
  const std::string failure = agent.start();
  if (!failure.empty()) {
    print_error(failure);
    return 1;
  }
  return options.command.empty() ? serve(agent, signals)
                                 : run_command(options.command, agent, signals);
}

}  // namespace arc_identity_cli
