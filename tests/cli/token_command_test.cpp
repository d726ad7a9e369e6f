// SPDX-License-Identifier: MIT
//
// `arc-identity token` run as by a user: its output and exit code.

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

#include "program.hpp"
#include "raw_http.hpp"
#include "simulate/simulated_agent.hpp"
#include "support/peer_process.hpp"
#include "support/temporary_directory.hpp"
#include "token/token_command.hpp"

namespace {

using strings = std::vector<std::string>;
using arc_identity_cli::simulated_agent;
using arc_identity_cli::simulated_agent_options;

constexpr const char* vault = "https://vault.azure.net";
constexpr uid_t nobody = 65534;

/// A running agent, and the program's arguments for it.
struct running_agent {
  explicit running_agent(const simulated_agent_options& options = {}) : agent(options) {
    const std::string failure = agent.start();
    REQUIRE(failure == "");
  }

  program_run ask(const strings& more = {}) const {
    strings arguments = {
        "token",           "--resource",         vault, "--endpoint", agent.endpoint(),
        "--key-directory", agent.key_directory()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program(arguments);
  }

  simulated_agent agent;
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

bool is_one_line(const std::string& text) { return text.find('\n') == text.size() - 1; }

}  // namespace

TEST_CASE("token: prints only the token and a newline") {
  const running_agent server;
  const program_run run = server.ask();
  CHECK(run.exit_code == 0);
  CHECK(run.errors == "");
  CHECK(is_one_line(run.output));
  CHECK(run.output.substr(0, 3) == "eyJ");
}

TEST_CASE("token: --format header gives a field for curl -H") {
  const running_agent server;
  const program_run run = server.ask({"--format", "header"});
  CHECK(run.exit_code == 0);
  CHECK(run.output.rfind("Authorization: Bearer eyJ", 0) == 0);
  CHECK(is_one_line(run.output));
}

TEST_CASE("token: --format json has token, type, resource and expiry") {
  const running_agent server;
  const program_run run = server.ask({"--format", "json"});
  CHECK(run.exit_code == 0);
  CHECK(run.output.rfind("{\"access_token\":\"eyJ", 0) == 0);
  CHECK(has(run.output, "\"token_type\":\"Bearer\""));
  CHECK(has(run.output, "\"resource\":\"https://vault.azure.net\""));
  CHECK(has(run.output, "\"expires_on\":1"));
  CHECK(has(run.output, "\"expires_in\":86"));
  CHECK(is_one_line(run.output));
}

// The members documented in
// https://kubernetes.io/docs/reference/config-api/client-authentication.v1/.
TEST_CASE("token: --format exec-credential gives an ExecCredential with its expiry") {
  const running_agent server;
  const program_run run = server.ask({"--format", "exec-credential"});
  CHECK(run.exit_code == 0);
  CHECK(is_one_line(run.output));
  const std::string before =
      "{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":"
      "{\"expirationTimestamp\":\"";
  REQUIRE(run.output.substr(0, before.size()) == before);
  CHECK(run.output.substr(before.size() + 20, 14) == "\",\"token\":\"eyJ");
  CHECK(run.output.substr(run.output.size() - 4) == "\"}}\n");

  std::tm end{};
  const char* rest = ::strptime(&run.output[before.size()], "%Y-%m-%dT%H:%M:%SZ", &end);
  CHECK(rest == &run.output[before.size() + 20]);
  CHECK(std::labs(static_cast<long>(::timegm(&end) - std::time(nullptr)) - 86400) < 20);
}

TEST_CASE("token: an expiry of any year is formatted as a date") {
  using arc_identity_cli::timestamp;
  CHECK(timestamp(std::chrono::seconds(0)) == "1970-01-01T00:00:00Z");
  CHECK(timestamp(std::chrono::seconds(951782399)) == "2000-02-28T23:59:59Z");
  CHECK(timestamp(std::chrono::seconds(951782400)) == "2000-02-29T00:00:00Z");
  CHECK(timestamp(std::chrono::seconds(1735689599)) == "2024-12-31T23:59:59Z");
  CHECK(timestamp(std::chrono::seconds(4107542400)) == "2100-03-01T00:00:00Z");
  CHECK(timestamp(std::chrono::seconds(253402300799)) == "9999-12-31T23:59:59Z");
}

TEST_CASE("token: the two variables give the endpoint") {
  const running_agent server;
  const program_run run =
      run_program({"token", "--resource", vault, "--key-directory", server.agent.key_directory()},
                  {{"IDENTITY_ENDPOINT", server.agent.endpoint()},
                   {"IMDS_ENDPOINT", server.agent.imds_endpoint()}});
  CHECK(run.errors == "");
  CHECK(run.exit_code == 0);
}

TEST_CASE("token: proxy variables are ignored") {
  const running_agent server;
  const program_run run =
      run_program({"token", "--resource", vault, "--key-directory", server.agent.key_directory()},
                  {{"IDENTITY_ENDPOINT", server.agent.endpoint()},
                   {"IMDS_ENDPOINT", server.agent.imds_endpoint()},
                   {"http_proxy", "http://127.0.0.1:1"},
                   {"HTTP_PROXY", "http://127.0.0.1:1"},
                   {"ALL_PROXY", "http://127.0.0.1:1"}});
  CHECK(run.errors == "");
  CHECK(run.exit_code == 0);
}

TEST_CASE("token: --verbose logs each step to standard error without a secret") {
  const running_agent server;
  const program_run run = server.ask({"--verbose"});
  CHECK(run.exit_code == 0);
  CHECK(has(run.errors, "connected to the agent at localhost:"));
  CHECK(has(run.errors, server.agent.key_directory()));
  CHECK(has(run.errors, "token received, valid for 86"));
  CHECK(!has(run.errors, "eyJ"));
}

TEST_CASE("token: a user-assigned identity by client, object and resource id") {
  simulated_agent_options options;
  options.identities.emplace_back();
  const running_agent server(options);
  const auto identity = server.agent.identities().front();
  CHECK(server.ask({"--client-id", identity.client_id}).exit_code == 0);
  CHECK(server.ask({"--object-id", identity.object_id}).exit_code == 0);
  CHECK(server.ask({"--resource-id", identity.resource_id}).exit_code == 0);
}

TEST_CASE("token: an unassigned identity gives the agent's message") {
  const running_agent server;
  const program_run run = server.ask({"--client-id", "11111111-2222-3333-4444-555555555555"});
  CHECK(run.exit_code == 1);
  CHECK(run.output == "");
  CHECK(has(run.errors, "identity_not_found"));
  CHECK(has(run.errors, "Assign this identity to the machine"));
}

TEST_CASE("token: an unconfirmed user-assigned identity gives no token") {
  simulated_agent_options options;
  options.legacy = true;
  const running_agent server(options);
  const program_run run = server.ask({"--client-id", "11111111-2222-3333-4444-555555555555"});
  CHECK(run.exit_code == 1);
  CHECK(run.output == "");
  CHECK(has(run.errors, "did not confirm"));
  CHECK(has(run.errors, "Update the Arc agent"));
}

TEST_CASE("token: no agent gives exit 3 and lists what was looked for") {
  if (std::filesystem::exists("/opt/azcmagent/bin/himds")) {
    MESSAGE("this is an Arc-enabled machine: the test has nothing to see");
    return;
  }
  const program_run run = run_program({"token", "--resource", vault});
  CHECK(run.exit_code == 3);
  CHECK(run.output == "");
  CHECK(has(run.errors, "IDENTITY_ENDPOINT"));
  CHECK(has(run.errors, "/lib/systemd/system.conf.d/azcmagent.conf"));
  CHECK(has(run.errors, "/opt/azcmagent/bin/himds"));
}

TEST_CASE("token: an invalid endpoint gives exit 2 with the reason, App Service exit 3") {
  const auto errors_of = [](const environment_changes& environment, int exit_code = 2) {
    const program_run run = run_program({"token", "--resource", vault}, environment);
    CHECK(run.exit_code == exit_code);
    CHECK(run.output == "");
    return run.errors;
  };
  const std::string url = "http://localhost:40342/metadata/identity/oauth2/token";
  CHECK(has(errors_of({{"IDENTITY_ENDPOINT", url}}), "IMDS_ENDPOINT is not"));
  CHECK(has(errors_of({{"IMDS_ENDPOINT", url}}), "IDENTITY_ENDPOINT is not"));
  CHECK(has(errors_of({{"IDENTITY_ENDPOINT", url}, {"IDENTITY_HEADER", "x"}}, 3), "App Service"));
  CHECK(has(
      errors_of({{"IDENTITY_ENDPOINT", "http://169.254.169.254/metadata"}, {"IMDS_ENDPOINT", url}}),
      "127.0.0.0/8"));
}

TEST_CASE("token: wrong usage gives exit 2 and a message on standard error") {
  const std::vector<strings> wrong = {
      {},
      {"no-such-command"},
      {"token"},
      {"token", "--resource", ""},
      {"token", "--resource", vault, "--format", "xml"},
      {"token", "--resource", vault, "--timeout", "0"},
      {"token", "--resource", vault, "--timeout", "soon"},
      {"token", "--resource", vault, "--timeout", "nan"},
      {"token", "--resource", vault, "--client-id", "a", "--object-id", "b"},
      {"token", "--resource", vault, "--client-id", ""},
      {"token", "--resource", vault, "--key-directory", "relative"},
      {"token", "--resource", vault, "--key-directory", ""},
      {"token", "--resource", vault, "--key-directory", "C:tokens"},
      {"token", "--resource", vault, "left", "over"},
      {"token", "--resource", "white space"},
  };
  for (const strings& arguments : wrong) {
    CAPTURE(arguments.size());
    const program_run run = run_program(arguments);
    CHECK(run.exit_code == 2);
    CHECK(run.output == "");
    CHECK(run.errors != "");
  }
}

TEST_CASE("token: wrong arguments are quoted without control characters") {
  const program_run run = run_program({"token", "--resource", vault, "\x1b[31mextra"});
  CHECK(run.exit_code == 2);
  CHECK(!has(run.errors, "\x1b"));
  CHECK(has(run.errors, "extra"));
}

TEST_CASE("help and version give exit 0") {
  CHECK(run_program({"--help"}).exit_code == 0);
  CHECK(has(run_program({"token", "--help"}).output, "--resource"));
  CHECK(has(run_program({"--version"}).output, "arc-identity 0."));
}

TEST_CASE("help, version or a manual page that cannot be written gives exit 1") {
  for (const char* const what : {"--help", "--version", "token --help", "--generate man"}) {
    CAPTURE(what);
    const std::string command =
        std::string(ARC_IDENTITY_PROGRAM) + " " + what + " 2>/dev/null >/dev/full";
    CHECK(WEXITSTATUS(std::system(command.c_str())) == 1);
  }
}

TEST_CASE("token: no permission to read the key gives exit 4 and the group to join") {
  if (::geteuid() != 0) {
    MESSAGE("only root can try this as another user");
    return;
  }
  const running_agent server;
  const strings ask = {"token",
                       "--resource",
                       vault,
                       "--endpoint",
                       server.agent.endpoint(),
                       "--key-directory",
                       server.agent.key_directory()};
  const program_run run = run_program(ask, {}, user::nobody);
  CHECK(run.exit_code == 4);
  CHECK(run.output == "");
  CHECK(has(run.errors, "denied"));
  CHECK(has(run.errors, "usermod -a -G himds"));
}

TEST_CASE("token: --verify-agent accepts root's agent and sends nothing to another user's") {
  if (::geteuid() != 0) {
    MESSAGE("only root can be the agent's user here");
    return;
  }
  const running_agent server;
  CHECK(server.ask({"--verify-agent"}).exit_code == 0);

  for (const strings& check : {strings{"--verify-agent"}, strings{"--agent-check", "strict"}}) {
    peer_behaviour behaviour;
    behaviour.user = nobody;
    const peer_process other(behaviour);
    strings words = {"token", "--resource", vault, "--endpoint", other.url()};
    words.insert(words.end(), check.begin(), check.end());
    const program_run run = run_program(words);
    CHECK(run.exit_code == 1);
    CHECK(has(run.errors,
              "neither root nor the user himds owns the agent's connection: user nobody "
              "(65534)"));
    CHECK(other.has_nothing());
  }
}

TEST_CASE("token: --agent-check takes one of three values, and excludes --verify-agent") {
  const strings ask = {"token", "--resource", vault, "--endpoint", "http://127.0.0.1:1"};
  for (const strings& wrong :
       {strings{"--agent-check", "0"}, strings{"--agent-check", "all"}, strings{"--agent-check"},
        strings{"--agent-check", "owner", "--verify-agent"}}) {
    strings words = ask;
    words.insert(words.end(), wrong.begin(), wrong.end());
    CHECK(run_program(words).exit_code == 2);
  }
  const running_agent server;
  CHECK(server.ask({"--agent-check", "owner"}).exit_code == 0);
  CHECK(server.ask({"--agent-check", "none"}).exit_code == 0);
}

TEST_CASE("token: another user's relay gets no key, and the message names both users") {
  if (::geteuid() != 0) {
    MESSAGE("not run, for only root can play another user");
    return;
  }
  const running_agent server;
  peer_behaviour behaviour;
  behaviour.user = nobody;
  behaviour.relays_to = static_cast<std::uint16_t>(server.agent.port());
  const peer_process relay(behaviour);
  REQUIRE(relay.is_listening());
  strings ask = {"token",      "--resource", vault, "--key-directory", server.agent.key_directory(),
                 "--endpoint", relay.url()};
  const program_run run = run_program(ask);
  CHECK(run.exit_code == 1);
  CHECK(run.output == "");
  CHECK(has(run.errors, "different owners: user nobody (65534), not user root (0). "));
  CHECK_FALSE(relay.has_key());
  ask.insert(ask.end(), {"--agent-check", "none"});
  CHECK(run_program(ask).exit_code == 0);
  CHECK(relay.has_key());
}

TEST_CASE("token: a set-group-ID program ignores variables and says so") {
  if (::geteuid() != 0) {
    MESSAGE("not run, for only root can give a program to another group");
    return;
  }
  const temporary_directory folder;
  REQUIRE(::chmod(folder.path().c_str(), 0755) == 0);
  const std::string program = folder.path("arc-identity");
  std::filesystem::copy_file(ARC_IDENTITY_PROGRAM, program);
  REQUIRE(::chown(program.c_str(), 0, 1) == 0);
  const environment_changes chosen = {{"IDENTITY_ENDPOINT", "http://127.0.0.1:1/token"},
                                      {"IMDS_ENDPOINT", "http://127.0.0.1:1"}};
  const auto run = [&](mode_t mode) {
    REQUIRE(::chmod(program.c_str(), mode) == 0);
    return run_program({"token", "--resource", vault, "--timeout", "0.2"}, chosen, user::nobody,
                       program);
  };
  const program_run plain = run(0755);
  CHECK(plain.exit_code == 1);
  CHECK(has(plain.errors, "127.0.0.1:1"));
  const program_run privileged = run(02755);
  // LeakSanitizer cannot examine such a program, and ends it with its own exit code.
  if (!has(privileged.errors, "LeakSanitizer has encountered")) CHECK(privileged.exit_code == 3);
  CHECK(has(privileged.errors, "variables are ignored"));
  CHECK(has(privileged.errors, "AT_SECURE"));
}

TEST_CASE("token: no listener gives exit 1 after retries, with the remedy") {
  const program_run run = run_program(
      {"token", "--resource", vault, "--endpoint", "http://127.0.0.1:1", "--timeout", "0.5"});
  CHECK(run.exit_code == 1);
  CHECK(has(run.errors, "nothing is listening"));
  CHECK(has(run.errors, "himds"));
}

TEST_CASE("token: a busy agent is retried until time runs out, then its message is shown") {
  simulated_agent_options options;
  options.fail_first = 1;
  const running_agent recovering(options);
  CHECK(recovering.ask().exit_code == 0);

  options.fail_first = 1000;
  options.fail_status = 429;
  const running_agent busy(options);
  const program_run run = busy.ask({"--timeout", "1"});
  CHECK(run.exit_code == 1);
  CHECK(has(run.errors, "HTTP 429"));
}

TEST_CASE("token: a token that cannot be written gives exit 1") {
  const running_agent server;
  const std::string command = std::string(ARC_IDENTITY_PROGRAM) + " token --resource " + vault +
                              " --endpoint " + server.agent.endpoint() + " --key-directory " +
                              server.agent.key_directory() + " 2>/dev/null >/dev/full";
  const int status = std::system(command.c_str());
  CHECK(WEXITSTATUS(status) == 1);
}

TEST_CASE("token: --format takes a name, not a number") {
  for (const char* format : {"0", "1", "RAW", "", "text"}) {
    const program_run run = run_program({"token", "--resource", vault, "--format", format});
    CHECK(run.exit_code == 2);
    CHECK(has(run.errors, "must be one of exec-credential|header|json|raw"));
  }
}

TEST_CASE("help: an option's values are listed by name") {
  for (const char* command : {"token", "metadata", "doctor", "simulate"}) {
    const program_run run = run_program({command, "--help"});
    CHECK(run.exit_code == 0);
    CHECK(run.errors == "");
    for (const char* word : {"TEXT", "ENUM", "FLOAT", " INT", ":INT", "536870911"}) {
      CHECK_FALSE(has(run.output, word));
    }
  }
  CHECK(has(run_program({"token", "--help"}).output, "--format exec-credential|header|json|raw\n"));
  CHECK(has(run_program({"simulate", "--help"}).output, "[OPTIONS] [-- COMMAND...]"));
}
