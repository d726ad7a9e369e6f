// SPDX-License-Identifier: MIT
//
// `arc-identity simulate`, from its arguments to the environment of the command that it runs.

#include "simulate/simulate_command.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "program.hpp"
#include "raw_http.hpp"
#include "simulate/simulate_options.hpp"

namespace {

using namespace std::chrono_literals;
using arc_identity_cli::run_simulate;
using arc_identity_cli::simulate_command_options;
using strings = std::vector<std::string>;

namespace fs = std::filesystem;

// The arguments parsed as by the whole program: other subcommands must not capture COMMAND.
simulate_command_options parsed(strings arguments) {
  CLI::App app("", "arc-identity");
  app.require_subcommand(1);
  std::string resource;
  app.add_subcommand("token")->add_option("--resource", resource);
  simulate_command_options options;
  arc_identity_cli::add_simulate_options(*app.add_subcommand("simulate"), options);
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 expects them
  app.parse(arguments);
  return options;
}

strings words(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

struct scratch_directory {
  scratch_directory()
      : path((fs::temp_directory_path() / "simulate-command-test-XXXXXX").string()) {
    REQUIRE(::mkdtemp(path.data()) != nullptr);
  }
  ~scratch_directory() { fs::remove_all(path); }
  std::string path;
};

std::string contents_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

strings lines_of(const std::string& text) {
  strings lines;
  std::string::size_type start = 0;
  for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', start)) {
    lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

int run(const strings& command, simulate_command_options options = {}) {
  options.command = command;
  return run_simulate(options);
}

// Runs sh; $1 is a file, whose contents after the script are returned.
std::string written_by(const std::string& script, const strings& more_arguments = {},
                       const simulate_command_options& options = {}) {
  const scratch_directory scratch;
  strings command = {"sh", "-c", script, "sh", scratch.path + "/out"};
  command.insert(command.end(), more_arguments.begin(), more_arguments.end());
  REQUIRE(run(command, options) == 0);
  return contents_of(scratch.path + "/out");
}

// Runs simulate in a separate process, with its standard output in a file. It does not matter
// whether the tests were started with nohup(1).
class background {
 public:
  explicit background(const simulate_command_options& options, decltype(SIG_DFL) hangup = SIG_DFL)
      : output_(scratch_.path + "/stdout") {
    std::fflush(stdout);  // otherwise the child prints buffered output of the tests again
    process_ = ::fork();
    if (process_ != 0) return;
    std::signal(SIGHUP, hangup);
    const int file = ::open(output_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(file, 1);
    ::_exit(run_simulate(options));
  }
  ~background() {
    if (process_ > 0) end(SIGKILL);
  }
  background(const background&) = delete;
  background& operator=(const background&) = delete;

  /// The output, once it has this many lines.
  strings output(std::size_t lines) const {
    strings got;
    for (int i = 0; i < 1000 && got.size() < lines; ++i) {
      std::this_thread::sleep_for(10ms);
      got = lines_of(contents_of(output_));
    }
    return got;
  }

  void send(int signal) const { ::kill(process_, signal); }

  bool is_running() const {
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(process_), &info, WEXITED | WNOHANG | WNOWAIT);
    return info.si_pid == 0;
  }

  /// Sends the signal, and returns the exit code.
  int end(int signal) {
    int status = 0;
    send(signal);
    ::waitpid(process_, &status, 0);
    process_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  scratch_directory scratch_;
  std::string output_;
  pid_t process_ = 0;
};

}  // namespace

TEST_SUITE_BEGIN("simulate");

TEST_CASE("simulate: arguments and defaults") {
  const simulate_command_options none = parsed({"simulate"});
  CHECK(none.agent.port == 0);
  CHECK(none.agent.challenge);
  CHECK_FALSE(none.agent.legacy);
  CHECK_FALSE(none.agent.numeric_expiry);
  CHECK_FALSE(none.verbose);
  CHECK(none.command.empty());

  const simulate_command_options all = parsed(
      words("simulate --port 4711 --key-directory keys --legacy --no-challenge --numeric-expiry "
            "--token-lifetime 60 --token-size=9000 --fail-first 2 --fail-status 429 "
            "--retry-after 3 --rate-limit 5 --latency 40 --log file --verbose --machine-identity "
            "object_id=o,client_id=c"));
  CHECK(all.agent.port == 4711);
  CHECK(all.agent.key_directory == "keys");
  CHECK(all.agent.legacy);
  CHECK_FALSE(all.agent.challenge);
  CHECK(all.agent.numeric_expiry);
  CHECK(all.agent.token_lifetime == 60s);
  CHECK(all.agent.token_size == 9000);
  CHECK(all.agent.fail_first == 2);
  CHECK(all.agent.fail_status == 429);
  CHECK(all.agent.retry_after == 3s);
  CHECK(all.agent.rate_limit == 5);
  CHECK(all.agent.latency == 40ms);
  CHECK(all.verbose);
  CHECK(all.log_file == "file");
  CHECK(all.agent.machine.client_id == "c");
  CHECK(all.agent.machine.object_id == "o");
}

TEST_CASE("simulate: invalid arguments are refused") {
  for (const char* wrong :
       {"--port 65536", "--port -1", "--port http", "--latency -1", "--token-lifetime 0",
        "--fail-first 1 --fail-status 200", "--retry-after 3", "--fail-status 503",
        "--identity name=x", "--identity x", "--identity", "--machine-identity x", "--unknown"}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(parsed(words("simulate " + std::string(wrong))), CLI::ParseError);
  }
}

TEST_CASE("simulate: --identity takes any of its ids") {
  const auto identities =
      parsed({"simulate", "--identity", "client_id=c,object_id=o,resource_id=/a=b", "--identity",
              "object_id=p", "--identity", "", "--", "command"})
          .agent.identities;
  REQUIRE(identities.size() == 3);
  CHECK(identities[0].client_id == "c");
  CHECK(identities[0].object_id == "o");
  CHECK(identities[0].resource_id == "/a=b");
  CHECK(identities[1].client_id == "");
  CHECK(identities[1].object_id == "p");
  CHECK(identities[2].object_id == "");
}

TEST_CASE("simulate: everything after -- is passed to the command unchanged") {
  const strings command = {"arc-identity", "token", "--resource", "https://x", "--verbose",
                           "--port",       "7",     "[a,b]",      "",          "{}",
                           "--",           "-x",    "simulate",   "++",        "-1"};
  for (const char* before : {"simulate --port 0 --", "simulate --identity client_id=a --",
                             "simulate --legacy --", "simulate --"}) {
    strings arguments = words(before);
    arguments.insert(arguments.end(), command.begin(), command.end());
    const simulate_command_options options = parsed(arguments);
    CHECK(options.command == command);
    CHECK_FALSE(options.verbose);
    CHECK(options.agent.port == 0);
  }
  CHECK(parsed({"simulate", "--", "[a,b]"}).command == strings{"[a,b]"});
  CHECK(parsed({"simulate", "--"}).command.empty());
}

TEST_CASE("simulate: the exit code is the command's") {
  CHECK(run({"true"}) == 0);
  CHECK(run({"sh", "-c", "exit 7"}) == 7);
  CHECK(run({"sh", "-c", "kill -KILL $$"}) == 128 + SIGKILL);
  CHECK(run({"/nonexistent/program"}) == 127);
  CHECK(run({"/"}) == 127);
}

// The output of `env` in the command, with these variables set for simulate.
std::map<std::string, std::string> environment_under(
    const std::map<std::string, std::string>& variables,
    const simulate_command_options& options = {}) {
  for (const auto& [name, value] : variables) ::setenv(name.c_str(), value.c_str(), 1);
  const std::string printed = written_by("env > \"$1\"", {}, options);
  for (const auto& [name, value] : variables) ::unsetenv(name.c_str());
  std::map<std::string, std::string> seen;
  for (const std::string& line : lines_of(printed)) {
    const std::size_t equals = line.find('=');
    CHECK(seen.emplace(line.substr(0, equals), line.substr(equals + 1)).second);
  }
  return seen;
}

TEST_CASE("simulate: the command's environment leads only to the agent") {
  std::map<std::string, std::string> misleading;
  for (const char* name :
       {"IDENTITY_HEADER", "IDENTITY_SERVER_THUMBPRINT", "MSI_ENDPOINT", "MSI_SECRET",
        "AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_FEDERATED_TOKEN_FILE",
        "AZURE_USERNAME", "AZURE_PASSWORD", "AZURE_POD_IDENTITY_AUTHORITY_HOST",
        "ARC_IDENTITY_SIMULATED_CLIENT_ID_7"}) {
    misleading[name] = "misleading";
  }
  auto variables = misleading;
  variables["IDENTITY_ENDPOINT"] = "http://localhost:1/";
  variables["AZURE_CLIENT_ID"] = "kept";
  auto seen = environment_under(variables);
  for (const auto& variable : misleading) {
    CAPTURE(variable.first);
    CHECK(seen.count(variable.first) == 0);
  }
  CHECK(seen["AZURE_CLIENT_ID"] == "kept");
  CHECK(seen["PATH"] == std::getenv("PATH"));
  CHECK(seen["IMDS_ENDPOINT"].find("http://localhost:") == 0);
  CHECK(seen["IDENTITY_ENDPOINT"] == seen["IMDS_ENDPOINT"] + "/metadata/identity/oauth2/token");
}

TEST_CASE("simulate: requests to loopback use no proxy") {
  const std::string loopback = "localhost,127.0.0.1,::1";
  for (const char* name : {"no_proxy", "NO_PROXY"}) {
    auto seen = environment_under({{name, "example.com"}});
    CHECK(seen["no_proxy"] == "example.com," + loopback);
    CHECK(seen["NO_PROXY"] == "example.com," + loopback);
  }
  auto both = environment_under({{"no_proxy", "a"}, {"NO_PROXY", "b"}});
  CHECK(both["no_proxy"] == "a," + loopback);
  CHECK(both["NO_PROXY"] == "b," + loopback);
  CHECK(environment_under({})["no_proxy"] == loopback);
  CHECK(environment_under({{"no_proxy", "*"}})["NO_PROXY"] == "*");
}

TEST_CASE("simulate: variables and placeholders give the identities") {
  const std::string prefix = "ARC_IDENTITY_SIMULATED_";
  simulate_command_options options;
  auto own = environment_under({}, options);
  for (const char* part : {"CLIENT_ID", "OBJECT_ID", "RESOURCE_ID"}) {
    CHECK_FALSE(own[prefix + part].empty());
    CHECK(own[prefix + part] == own[prefix + "MACHINE_" + part]);
  }
  CHECK(environment_under({}, options)[prefix + "OBJECT_ID"] == own[prefix + "OBJECT_ID"]);

  options.agent.identities = {{"c1", "o1", "/r1"}, {"c2", "o2", "/r2"}};
  options.agent.machine.object_id = "m";
  auto seen = environment_under({}, options);
  CHECK(seen[prefix + "CLIENT_ID"] == "c1");
  CHECK(seen[prefix + "OBJECT_ID"] == "o1");
  CHECK(seen[prefix + "RESOURCE_ID"] == "/r1");
  CHECK(seen[prefix + "RESOURCE_ID_2"] == "/r2");
  CHECK(seen[prefix + "MACHINE_OBJECT_ID"] == "m");
  CHECK(seen[prefix + "MACHINE_CLIENT_ID"] == own[prefix + "MACHINE_CLIENT_ID"]);
  CHECK(written_by("printf %s \"$2\" > \"$1\"", {"{client-id} {object-id} {resource-id}"},
                   options) == "c1 o1 /r1");
}

TEST_CASE("simulate: placeholders in the command's arguments are replaced") {
  const strings lines =
      lines_of(written_by("out=$1; shift; test -d \"${5#*=}\" && printf '%s\\n' \"$@\" > \"$out\"",
                          {"{port}", "{endpoint}", "{imds-endpoint}", "<{port}{port}>",
                           "directory={key-directory}", "{other}"}));
  REQUIRE(lines.size() == 6);
  CHECK(lines[1] == "http://localhost:" + lines[0] + "/metadata/identity/oauth2/token");
  CHECK(lines[2] == "http://localhost:" + lines[0]);
  CHECK(lines[3] == "<" + lines[0] + lines[0] + ">");
  CHECK_FALSE(fs::exists(lines[4].substr(10)));  // removed with the agent
  CHECK(lines[5] == "{other}");
}

TEST_CASE("simulate: --log appends a line for each request") {
  const scratch_directory scratch;
  simulate_command_options options;
  options.log_file = scratch.path + "/log";
  std::ofstream(options.log_file) << "before\n";
  const std::string script = "\"$0\" token --resource x --key-directory \"$1\" >/dev/null";
  CHECK(run({"sh", "-c", script, ARC_IDENTITY_PROGRAM, "{key-directory}"}, options) == 0);
  const strings lines = lines_of(contents_of(options.log_file));
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == "before");
  CHECK(lines[1].find("\"status\":401") != std::string::npos);
  CHECK(lines[2].find("\"status\":200") != std::string::npos);

  options.log_file = "/nonexistent/log";
  CHECK(run({"true"}, options) == 1);
}

TEST_CASE("simulate: an unwritable log is reported once and gives exit 1") {
  const std::string ask = "\"$0\" token --resource x --key-directory \"$1\" >/dev/null";
  const program_run done = run_program({"simulate", "--log", "/dev/full", "--", "sh", "-c", ask,
                                        ARC_IDENTITY_PROGRAM, "{key-directory}"});
  CHECK(done.exit_code == 1);
  CHECK(done.errors == "arc-identity: cannot write to /dev/full: No space left on device\n");
  const program_run failed =
      run_program({"simulate", "--log", "/dev/full", "--", "sh", "-c", ask + "; exit 7",
                   ARC_IDENTITY_PROGRAM, "{key-directory}"});
  CHECK(failed.exit_code == 7);
}

TEST_CASE("simulate: an endpoint that cannot be printed gives exit 1") {
  const program_run done =
      run_program({"-c", "timeout 9 \"$0\" simulate >/dev/full", ARC_IDENTITY_PROGRAM}, {},
                  user::same, "/bin/sh");
  CHECK(done.exit_code == 1);
  CHECK(done.errors == "arc-identity: cannot write to standard output\n");
}

TEST_CASE("simulate: the command starts with default signal handling") {
  std::signal(SIGPIPE, SIG_DFL);  // another test's agent may have left it ignored
  CHECK(run({"sh", "-c", "kill -PIPE $$; sleep 5"}) == 128 + SIGPIPE);
  CHECK(run({"grep", "-Eq", "SigBlk:[[:space:]]*0+$", "/proc/self/status"}) == 0);
}

TEST_CASE("simulate: the process's signal handling is restored afterwards") {
  struct sigaction before {};
  struct sigaction after {};
  REQUIRE(sigaction(SIGTERM, nullptr, &before) == 0);
  CHECK(run({"true"}) == 0);
  REQUIRE(sigaction(SIGTERM, nullptr, &after) == 0);
  CHECK((after.sa_handler == before.sa_handler));
  sigset_t mask;
  REQUIRE(pthread_sigmask(SIG_BLOCK, nullptr, &mask) == 0);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) CHECK(sigismember(&mask, signal) == 0);
}

TEST_CASE("simulate: if the agent cannot start, the error is reported and no command runs") {
  simulate_command_options options;
  options.agent.key_directory = "/nonexistent/keys";
  options.command = {"sh", "-c", "exit 9"};
  CHECK(run_simulate(options) == 1);
}

TEST_CASE("simulate: without a command it serves until a signal ends it") {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    CAPTURE(signal);
    simulate_command_options options;
    options.agent.identities.resize(1);
    background agent(options);
    const strings lines = agent.output(4);
    REQUIRE(lines.size() == 4);

    const std::string imds = "export IMDS_ENDPOINT='http://localhost:";
    REQUIRE(lines[1].substr(0, imds.size()) == imds);
    const std::string port = lines[1].substr(imds.size(), lines[1].size() - imds.size() - 1);
    CHECK(lines[0] == "export IDENTITY_ENDPOINT='http://localhost:" + port +
                          "/metadata/identity/oauth2/token'");
    REQUIRE(lines[2].substr(0, 15) == "key_directory='");
    const std::string directory = lines[2].substr(15, lines[2].size() - 16);
    CHECK(fs::is_directory(directory));
    CHECK(lines[3].find("# user-assigned: client_id=") == 0);

    const raw_http::response answer =
        raw_http::connection(std::atoi(port.c_str()))
            .ask(raw_http::get("/metadata/identity/oauth2/token?api-version=2020-06-01&resource=x",
                               "Metadata: true\r\n"));
    CHECK(answer.status == 401);
    CHECK(agent.end(signal) == 0);
    CHECK_FALSE(fs::exists(directory));
  }
}

TEST_CASE("simulate: SIGTERM, SIGINT and SIGHUP are forwarded, and the command's end awaited") {
  const struct {
    const char* name;
    int number;
  } signals[] = {{"TERM", SIGTERM}, {"INT", SIGINT}, {"HUP", SIGHUP}};
  for (const auto& signal : signals) {
    CAPTURE(signal.number);
    simulate_command_options options;
    options.command = {
        "sh", "-c",
        "trap 'exit 5' " + std::string(signal.name) + "; echo ready; while :; do sleep 0.05; done"};
    background simulate(options);
    REQUIRE(simulate.output(1) == strings{"ready"});
    CHECK(simulate.end(signal.number) == 5);
  }
}

TEST_CASE("simulate: with nohup it ignores SIGHUP") {
  background agent(simulate_command_options{}, SIG_IGN);
  REQUIRE(agent.output(3).size() == 3);
  agent.send(SIGHUP);
  std::this_thread::sleep_for(500ms);
  CHECK(agent.is_running());
  CHECK(agent.end(SIGTERM) == 0);
}

TEST_SUITE_END();
