// SPDX-License-Identifier: MIT

#include "simulate/simulate_command.hpp"

#include <pthread.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <mutex>
#include <string_view>
#include <system_error>
#include <utility>

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

std::vector<char*> pointers_to(strings& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

bool is_ignored(int signal) {
  struct sigaction now {};
  sigaction(signal, nullptr, &now);
  return now.sa_handler == SIG_IGN;
}

// Those that ask the program to end. nohup(1) has SIGHUP ignored, which waiting for it would undo.
sigset_t ending_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  if (!is_ignored(SIGHUP)) sigaddset(&set, SIGHUP);
  return set;
}

sigset_t with_child_signal(sigset_t set) {
  sigaddset(&set, SIGCHLD);
  return set;
}

// Blocks the signals that are waited for, also in the threads that are started meanwhile, and puts
// back what was before, SIGPIPE included, which the agent ignores.
class signals_blocked {
 public:
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): the calls fill the members.
  signals_blocked() : ending_(ending_signals()) {
    const sigset_t set = with_child_signal(ending_);
    pthread_sigmask(SIG_BLOCK, &set, &mask_);
    sigaction(SIGPIPE, nullptr, &pipe_);
    struct sigaction standard {};
    standard.sa_handler = SIG_DFL;  // Ignored, children would leave no exit code.
    sigaction(SIGCHLD, &standard, &child_);
  }

  ~signals_blocked() {
    sigaction(SIGCHLD, &child_, nullptr);
    sigaction(SIGPIPE, &pipe_, nullptr);
    pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
  }

  signals_blocked(const signals_blocked&) = delete;
  signals_blocked& operator=(const signals_blocked&) = delete;

  const sigset_t& ending() const { return ending_; }
  const sigset_t& mask_before() const { return mask_; }
  bool ignored_pipe_before() const { return pipe_.sa_handler == SIG_IGN; }

 private:
  const sigset_t ending_;
  sigset_t mask_;
  struct sigaction pipe_;
  struct sigaction child_;
};

// 0 and the child, or what posix_spawn(3) failed with. The command gets the signals as they were
// before the agent was started.
int spawn(strings& command, strings& environment, const signals_blocked& signals, pid_t& child) {
  sigset_t to_default;
  sigemptyset(&to_default);
  if (!signals.ignored_pipe_before()) sigaddset(&to_default, SIGPIPE);

  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigmask(&attributes, &signals.mask_before());
  posix_spawnattr_setsigdefault(&attributes, &to_default);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const int failure = posix_spawnp(&child, command.front().c_str(), nullptr, &attributes,
                                   pointers_to(command).data(), pointers_to(environment).data());
  posix_spawnattr_destroy(&attributes);
  return failure;
}

// A terminal sends its signals to the command, too: only those from a process are handed on. SIGHUP
// always is, for at a hangup the kernel may tell the session's leader alone; the command may get it
// twice.
int exit_code_of(pid_t child, const sigset_t& ending) {
  const sigset_t set = with_child_signal(ending);
  int status = 0;
  pid_t ended = 0;
  while ((ended = ::waitpid(child, &status, WNOHANG)) == 0) {
    siginfo_t info{};
    const int signal = sigwaitinfo(&set, &info);
    const bool came_to_child = info.si_code > 0 && signal != SIGHUP;
    if (sigismember(&ending, signal) == 1 && !came_to_child) ::kill(child, signal);
  }
  if (ended < 0) return 1;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int run_command(const strings& arguments, const simulated_agent& agent,
                const signals_blocked& signals) {
  strings command = with_placeholders_filled(arguments, agent);
  strings environment = command_environment(environ, agent);
  pid_t child = 0;
  const int failure = spawn(command, environment, signals, child);
  if (failure != 0) {
    print_error("cannot run '" + command.front() +
                "': " + std::generic_category().message(failure));
    return 127;
  }
  return exit_code_of(child, signals.ending());
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
