// SPDX-License-Identifier: MIT
//
// The messages for wrong arguments. Each line begins with the program's name.

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include <unistd.h>

#include "exit_code.hpp"
#include "program.hpp"
#include "simulate/simulated_agent.hpp"
#include "support/temporary_directory.hpp"

namespace {

using strings = std::vector<std::string>;

constexpr const char* vault = "https://vault.azure.net";

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Each line of standard error is a message of the program.
bool has_prefixes(const std::string& errors) {
  std::size_t lines = 0;
  std::size_t prefixed = 0;
  for (std::size_t at = 0; at < errors.size(); at = errors.find('\n', at) + 1) {
    ++lines;
    if (errors.compare(at, 14, "arc-identity: ") == 0) ++prefixed;
    if (errors.find('\n', at) == std::string::npos) return false;
  }
  return lines != 0 && lines == prefixed;
}

/// The message for wrong usage, in one line.
std::string message_for(const strings& arguments) {
  const program_run run = run_program(arguments);
  CAPTURE(run.errors);
  CHECK(run.exit_code == 2);
  CHECK(run.output == "");
  CHECK(has_prefixes(run.errors));
  CHECK(std::count(run.errors.begin(), run.errors.end(), '\n') == 1);
  return run.errors;
}

bool is_arc_machine() { return std::filesystem::exists("/opt/azcmagent/bin/himds"); }

}  // namespace

TEST_CASE("usage: an unknown command is shown with the nearest") {
  const struct {
    const char* given;
    const char* nearest;
  } cases[] = {{"Token", "token"},   {"tokens", "token"},          {"help", "--help"},
               {"tokn", "token"},    {"doktor", "doctor"},         {"version", "--version"},
               {"secert", "secret"}, {"certficate", "certificate"}};
  for (const auto& c : cases) {
    const std::string message = message_for({c.given});
    CHECK(has(message, std::string("unknown command '") + c.given + "'"));
    CHECK(has(message, std::string("Did you mean '") + c.nearest + "'?"));
    CHECK(message_for({c.given, "--resource", vault, "x"}) == message);
  }
}

TEST_CASE("usage: a command unlike any other lists all commands") {
  for (const char* given : {"frob", "x", "https://vault.azure.net"}) {
    const std::string message = message_for({given});
    CHECK(has(message, std::string("unknown command '") + given + "'"));
    for (const char* name : {"token", "metadata", "doctor", "simulate", "secret", "certificate"}) {
      CHECK(has(message, name));
    }
  }
}

TEST_CASE("usage: an unknown option is shown with the nearest, for every command") {
  const struct {
    strings given;
    const char* named;
    const char* nearest;
  } cases[] = {
      {{"token", "--ressource", "x"}, "'--ressource'", "'--resource'"},
      {{"token", "--resource", vault, "--clientid", "x"}, "'--clientid'", "'--client-id'"},
      {{"token", "--resorce=x"}, "'--resorce'", "'--resource'"},
      {{"metadata", "--end-point", "x"}, "'--end-point'", "'--endpoint'"},
      {{"doctor", "--json", "--fromat", "json"}, "'--json'", ""},
      {{"doctor", "--fromat", "json"}, "'--fromat'", "'--format'"},
      {{"simulate", "--prot", "1"}, "'--prot'", "'--port'"},
      {{"--versoin"}, "'--versoin'", "'--version'"},
      {{"token", "-x"}, "'-x'", ""},
  };
  for (const auto& c : cases) {
    const std::string message = message_for(c.given);
    CHECK(has(message, std::string("unknown option ") + c.named));
    if (*c.nearest != '\0') CHECK(has(message, std::string("Did you mean ") + c.nearest));
    if (c.given.size() > 1) CHECK(has(message, "arc-identity " + c.given.front() + " --help"));
  }
}

TEST_CASE("usage: an option before the command gives the correct order") {
  for (const strings& given :
       {strings{"--verbose", "token", "--resource", vault},
        strings{"--timeout", "3", "token", "--resource", vault}, strings{"--timeout=3", "token"}}) {
    const std::string option = given[0].substr(0, given[0].find('='));
    CHECK(has(message_for(given), "'" + option + "' must follow the command: arc-identity token " +
                                      option + ". See arc-identity token --help"));
  }
}

TEST_CASE("usage: wrong numbers, repeated and conflicting options give plain messages") {
  const auto message_for_token = [](const strings& more) {
    strings words{"token", "--resource", vault};
    words.insert(words.end(), more.begin(), more.end());
    return message_for(words);
  };
  for (const char* const time : {"0", "-1", "86401", "nan", "inf", "soon", "3s"}) {
    CHECK(has(
        message_for_token({"--timeout", time}),
        std::string("--timeout: must be from 0.001 to 86400 ") + "seconds, not '" + time + "'."));
  }
  CHECK(has(message_for_token({"--resource", "x"}), "--resource is given more than once."));
  CHECK(has(message_for_token({"--quiet=maybe"}), "--quiet takes no value."));
  for (const char* const port : {"abc", "-1", "65536", "x not in range 0 to 1"}) {
    CHECK(has(message_for({"simulate", "--port", port}),
              std::string("--port: must be from 0 to 65535, not '") + port + "'."));
  }
  CHECK(has(message_for_token({"--client-id", "a", "--object-id", "b"}),
            "use only one of --client-id, --object-id, --resource-id."));
}

TEST_CASE("usage: an extra argument is shown, and a missing one as well") {
  std::string message = message_for({"token", vault});
  CHECK(has(message, std::string("unexpected argument '") + vault + "'"));
  CHECK(has(message, "--resource is required"));
  message = message_for({"metadata", "compute", "network"});
  CHECK(has(message, "unexpected argument 'network'"));
  CHECK(has(message_for({"token"}), "--resource is required"));
  CHECK(has(message_for({"token", "--resource", vault, "--timeout", "soon"}), "--timeout"));
  CHECK(has(message_for({"token", "--resource", vault, "--timeout", "soon"}), "soon"));
  CHECK(has(message_for({"token", "--resource", vault, "--format", "xml"}), "not 'xml'"));
  CHECK(has(message_for({"doctor", "--key-directory", "keys"}), "not 'keys'"));
  CHECK(has(message_for({"token", "--resource"}), "--resource needs a value"));
  CHECK(has(message_for({}), "no command given. The commands are token, metadata"));
}

TEST_CASE("usage: wrong options before -- COMMAND give the same message as without it") {
  const strings cases[] = {{"simulate", "--fail-status", "503"},
                           {"simulate", "--identity", "bar=foo"},
                           {"serve", "--listen", "nonsense"},
                           {"serve", "--group", "root"},
                           {"serve", "--lsten", "127.0.0.1:0"}};
  for (strings arguments : cases) {
    const std::string message = message_for(arguments);
    arguments.insert(arguments.end(), {"--", "true"});
    CHECK(message_for(arguments) == message);
  }
}

TEST_CASE("usage: a quoted argument is shortened and has no control characters") {
  const std::string message = message_for({"token", "\x1b[31m\xc2\x9b" + std::string(5000, 'x')});
  CHECK(has(message, "unexpected argument '?[31m"));
  CHECK(message.size() < 500);
}

TEST_CASE("usage: an invalid --endpoint is wrong usage, shown with its value") {
  for (const char* command : {"token", "metadata", "doctor"}) {
    const std::string url = "http://169.254.169.254/metadata";
    strings arguments = {command, "--endpoint", url};
    if (*command == 't') arguments.insert(arguments.end(), {"--resource", vault});
    std::string message = message_for(arguments);
    CHECK(has(message, "--endpoint: the endpoint's host is not localhost"));
    CHECK(has(message, url));
    arguments[2] = "http://user:password@localhost/";
    message = message_for(arguments);
    CHECK(has(message, "--endpoint: the endpoint contains user info"));
    CHECK_FALSE(has(message, "password"));
    CHECK_FALSE(has(message, "user:"));
  }
}

TEST_CASE("usage: an invalid --vault is wrong usage, on machines without Arc too") {
  for (const char* url : {"myvault", "http://myvault.vault.azure.net", "https://u:p@myvault",
                          "https://myvault.vault.azure.net/secrets/a", "https://myvault?a"}) {
    CAPTURE(url);
    const std::string message = message_for({"secret", "a", "--vault", url});
    CHECK(has(message, "--vault: the URL "));
    CHECK(has(message, ". Expected a URL like https://myvault.vault.azure.net. See "));
  }
}

TEST_CASE("messages: an invalid variable gives exit 2, App Service 3, both with the value") {
  const std::string url = "http://localhost:40342/metadata/identity/oauth2/token";
  const auto run = [&](const environment_changes& environment) {
    program_run done = run_program({"token", "--resource", vault}, environment);
    CHECK(has_prefixes(done.errors));
    return done;
  };
  program_run done = run({{"IDENTITY_ENDPOINT", "http://10.0.0.1/"}, {"IMDS_ENDPOINT", url}});
  CHECK(done.exit_code == 2);
  CHECK(has(done.errors, "IDENTITY_ENDPOINT: http://10.0.0.1/"));
  done = run({{"IDENTITY_ENDPOINT", url}, {"IMDS_ENDPOINT", "https://localhost"}});
  CHECK(done.exit_code == 2);
  CHECK(has(done.errors, "IMDS_ENDPOINT: https://localhost"));
  done = run({{"IDENTITY_ENDPOINT", url}, {"IDENTITY_HEADER", "SECRET"}});
  CHECK(done.exit_code == 3);
  CHECK(done.errors.rfind("arc-identity: this is not an Azure Arc machine", 0) == 0);
  CHECK_FALSE(has(done.errors, "SECRET"));
}

TEST_CASE("messages: on a machine without Arc, every command says so first") {
  if (is_arc_machine()) return;
  const temporary_directory folder;
  const std::string nowhere = "https://127.0.0.1:1";  // no listener there
  const strings commands[] = {
      {"token", "--resource", vault},
      {"metadata"},
      {"secret", "name", "--vault", nowhere},
      {"certificate", "name", "--vault", nowhere, "--output", folder.path("certificate")}};
  for (const strings& command : commands) {
    if (command.front()[0] == 's' || command.front()[0] == 'c') {
      if (run_program({command.front(), "--help"}).exit_code != 0) continue;  // Not built.
    }
    const program_run run = run_program(command);
    CAPTURE(run.errors);
    CHECK(run.exit_code == 3);
    CHECK(run.output == "");
    CHECK(run.errors.rfind("arc-identity: this is not an Azure Arc machine", 0) == 0);
  }
}

TEST_CASE("messages: a failed discovery gives the exit code of missing access") {
  CHECK(arc_identity_cli::exit_code_of(arc_identity::errc::discovery_failed) == 4);
}

TEST_CASE("messages: each line of --verbose begins with the program's name") {
  arc_identity_cli::simulated_agent_options options;
  options.fail_first = 1;
  arc_identity_cli::simulated_agent agent(options);
  REQUIRE(agent.start() == "");
  const program_run run = run_program({"token", "--resource", vault, "--endpoint", agent.endpoint(),
                                       "--key-directory", agent.key_directory(), "--verbose"});
  CHECK(run.exit_code == 0);
  CHECK(has(run.errors, "attempt failed"));
  CHECK(has_prefixes(run.errors));
}

TEST_CASE("messages: those of simulate begin with the program's name") {
  const program_run run = run_program({"simulate", "--", "/no/such/command"});
  CHECK(run.exit_code == 127);
  CHECK(has_prefixes(run.errors));
  CHECK(has(run.errors, "No such file or directory"));
}

TEST_CASE("messages: a system error is shown as text") {
  const program_run refused = run_program(
      {"token", "--resource", vault, "--endpoint", "http://127.0.0.1:1", "--timeout", "0.1"});
  CHECK(has(refused.errors, "(Connection refused)"));
  CHECK_FALSE(has(refused.errors, "system error"));
  if (::geteuid() != 0) return;
  arc_identity_cli::simulated_agent agent{{}};
  REQUIRE(agent.start() == "");
  const program_run denied =
      run_program({"token", "--resource", vault, "--endpoint", agent.endpoint(), "--key-directory",
                   agent.key_directory()},
                  {}, user::nobody);
  CHECK(denied.exit_code == 4);
  CHECK(has(denied.errors, "(Permission denied)"));
  CHECK_FALSE(has(denied.errors, "system error"));
}

TEST_CASE("help: no line exceeds 80 columns or has CLI11's default text") {
  for (const char* command : {"", "token", "metadata", "doctor", "simulate", "serve", "secret",
                              "secrets", "certificate"}) {
    const program_run run =
        run_program(*command == '\0' ? strings{"--help"} : strings{command, "--help"});
    if (run.exit_code != 0) continue;  // Not built.
    CAPTURE(command);
    if (*command != '\0') CHECK(has(run.output, std::string("\n  arc-identity ") + command + ' '));
    std::istringstream lines(run.output);
    for (std::string line; std::getline(lines, line);) {
      CAPTURE(line);
      CHECK(line.size() <= 80);
      CHECK_FALSE(has(line, "Option Group"));
      CHECK_FALSE(has(line, "[At most"));
      CHECK_FALSE(has(line, "SUBCOMMAND"));
      CHECK_FALSE(has(line, "Positionals"));
    }
  }
}

TEST_CASE("help: required options are in the first line, an example at the end") {
  const std::string help = run_program({"token", "--help"}).output;
  CHECK(has(help, "Usage: arc-identity token --resource URL [OPTIONS]\n"));
  CHECK(has(help, "Examples:\n  arc-identity token --resource https://vault.azure.net\n"));
  CHECK(has(run_program({"secrets", "--help"}).output,
            "Usage: arc-identity secrets --vault URL [OPTIONS]\n"));
}
