// SPDX-License-Identifier: MIT

#include "simulate/simulate_command.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "posix/child_command.hpp"
#include "simulate/command_surroundings.hpp"
#include "system_text.hpp"

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): it is not ours.
extern char** environ;  // POSIX leaves the declaration to the program.

namespace arc_identity_cli {
namespace {

using strings = std::vector<std::string>;

void print_error(const std::string& text) {
  std::fprintf(stderr, "arc-identity: %s\n", text.c_str());
}

void log_to_standard_error(std::string_view line) {
  const std::string text = std::string(line) + '\n';
  std::fputs(text.c_str(), stderr);  // in one call, so that lines of several threads do not mix
}

// Keeps the lines of several threads apart. Prints the first error.
class line_file {
 public:
  explicit line_file(std::string path) : path_(std::move(path)), file_(path_, std::ios::app) {
    if (!file_.is_open()) fail();
  }

  bool is_good() const { return !has_failed_; }

  void write(std::string_view line) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!has_failed_ && !(file_ << line << std::endl)) fail();
  }

 private:
  void fail() {
    has_failed_ = true;
    print_error("cannot write to " + path_ + ": " + system_text(errno));
  }

  const std::string path_;
  std::ofstream file_;
  std::mutex mutex_;
  std::atomic<bool> has_failed_{false};
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
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    print_error("cannot write to standard output");
    return 1;
  }
  int signal = 0;
  sigwait(&signals.ending(), &signal);
  return 0;
}

}  // namespace

int run_simulate(const simulate_command_options& options) {
  const signals_blocked signals;
  simulated_agent_options agent_options = options.agent;
  if (options.verbose) agent_options.log = log_to_standard_error;
  std::optional<line_file> log;
  if (!options.log_file.empty()) {
    if (!log.emplace(options.log_file).is_good()) return 1;
    agent_options.json_log = [&log](std::string_view line) { log->write(line); };
  }
  simulated_agent agent(agent_options);
  const std::string failure = agent.start();
  if (!failure.empty()) {
    print_error(failure);
    return 1;
  }
  const int code = options.command.empty() ? serve(agent, signals)
                                           : run_command(options.command, agent, signals);
  return code == 0 && log && !log->is_good() ? 1 : code;
}

}  // namespace arc_identity_cli
