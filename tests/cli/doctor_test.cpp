// SPDX-License-Identifier: MIT
//
// `arc-identity doctor` on prepared machines, with a root folder, variables, a user and a clock set
// by the test; and really run as another user.

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <arc_identity/core/json.hpp>
#include <arc_identity/version.hpp>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <map>
#include <string>
#include <vector>

#include "doctor/doctor_checks.hpp"
#include "doctor/doctor_finding.hpp"
#include "doctor/doctor_surroundings.hpp"
#include "program.hpp"
#include "simulate/simulated_agent.hpp"
#include "support/agent_texts.hpp"
#include "support/raw_agent.hpp"
#include "support/temporary_directory.hpp"

namespace {

using namespace arc_identity_cli;
using status = finding_status;

constexpr const char* drop_in = "lib/systemd/system.conf.d/azcmagent.conf";
constexpr unsigned mallory = 1001;

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// A machine without problems, unless a test changes it: the agent runs, its drop-in exists, root
/// listens on its port, and the user can read its keys.
struct machine {
  explicit machine(const simulated_agent_options& options = {}) : agent(options) {
    REQUIRE(agent.start() == "");
    root.write("etc/passwd", "root:x:0:0::/:\nhimds:x:997:997::/:\nmallory:x:1001:1001::/:\n");
    root.write("etc/group", "root:x:0:\nhimds:x:998:\n");
    root.write("opt/azcmagent/bin/himds", "");
    root.write("proc/77/comm", "himds\n");
    root.write(drop_in, "[Manager]\nDefaultEnvironment=\"IDENTITY_ENDPOINT=" + agent.endpoint() +
                            "\" \"IMDS_ENDPOINT=" + agent.imds_endpoint() + "\"\n");
    listens(0);
    here.root = root.path();
    here.variable = [this](const char* name) { return variables[name]; };
    here.key_directory = agent.key_directory();
    here.timeout = std::chrono::seconds(5);
  }

  /// The user who listens on the agent's port, as the kernel reports it.
  void listens(unsigned user) {
    here.listener = [user](const arc_identity::loopback_address&) {
      return arc_identity::peer_owner_result{arc_identity::owner_status::known, false, user};
    };
  }
  void nobody_listens() { cannot_tell(arc_identity::owner_status::hidden, 0); }
  void cannot_tell(arc_identity::owner_status outcome, int error) {
    here.listener = [outcome, error](const arc_identity::loopback_address&) {
      return arc_identity::peer_owner_result{outcome, false, 0, error};
    };
  }

  void remove(const std::string& file) const { REQUIRE(std::remove(root.path(file).c_str()) == 0); }

  const std::vector<finding>& look() {
    findings = examine(here);
    for (const finding& one : findings) {
      CAPTURE(one.found);
      CHECK_FALSE(has(one.found + one.advice, "eyJ"));
    }
    return findings;
  }

  const finding& at(const std::string& name) const {
    for (const finding& one : findings) {
      if (one.name == name) return one;
    }
    FAIL("no finding " << name);
    return findings.front();
  }

  void expect(const std::string& name, status wanted, const std::string& found,
              const std::string& advice = "") const {
    const finding& one = at(name);
    CAPTURE(name);
    CAPTURE(one.found);
    CAPTURE(one.advice);
    CHECK(one.status == wanted);
    CHECK(has(one.found, found));
    CHECK(has(one.advice, advice));
  }

  int exit_code() const { return verdict_of(findings).exit_code; }

  simulated_agent agent;
  temporary_directory root{};
  std::map<std::string, std::string> variables{};
  doctor_surroundings here{};
  std::vector<finding> findings{};
};

}  // namespace

TEST_CASE("doctor: a working agent passes, with a note on variables only in the drop-in") {
  machine one;
  one.look();
  one.expect("variables", status::note, "which systemd services see but login shells do not",
             "export IDENTITY_ENDPOINT=" + one.agent.endpoint());
  one.expect("agent", status::ok, "himds is running as process 77");
  one.expect("listener", status::ok, "root (0) listens on port");
  one.expect("metadata", status::ok, "machine simulated-machine in westeurope");
  one.expect("key directory", status::ok, "can open files in it");
  one.expect("clock", status::ok, "0 s");
  one.expect("proxy", status::ok, "no proxy");
  one.expect("token", status::ok, "got one for https://management.azure.com, valid for 86400 s");
  for (const char* step : {"connect ", "challenge ", "key ", "token "}) {
    CHECK(has(one.at("token").found, step));
  }
  CHECK(verdict_of(one.findings).text == "All is well: this user can get tokens");
  CHECK(one.exit_code() == 0);
}

TEST_CASE("doctor: variables of the environment come before the drop-in") {
  machine one;
  one.remove(drop_in);
  one.variables = {{"IDENTITY_ENDPOINT", one.agent.endpoint()},
                   {"IMDS_ENDPOINT", one.agent.imds_endpoint()}};
  one.look();
  one.expect("variables", status::ok, "are in the environment: " + one.agent.endpoint());
  CHECK(one.exit_code() == 0);

  const auto with_drop_in = [&one](const std::string& identity, const std::string& imds) {
    one.root.write(drop_in, "DefaultEnvironment=" + identity + " " + imds + "\n");
    one.look();
  };
  const std::string identity = "IDENTITY_ENDPOINT=" + one.agent.endpoint();
  const std::string imds = "IMDS_ENDPOINT=" + one.agent.imds_endpoint();
  with_drop_in(identity, imds);
  one.expect("variables", status::ok, "are in the environment: " + one.agent.endpoint());
  for (const std::string& other :
       {identity + "/v2", std::string("IDENTITY_ENDPOINT=http://localhost:1/old"),
        std::string("IDENTITY_ENDPOINT=")}) {
    with_drop_in(other, imds);
    one.expect("variables", status::note, "azcmagent.conf, which systemd services see, differs",
               "outdated");
  }
}

TEST_CASE("doctor: comments in the drop-in are ignored") {
  machine one;
  one.root.write(drop_in,
                 "[Manager]\n#DefaultEnvironment=IDENTITY_ENDPOINT=" + one.agent.endpoint() +
                     " IMDS_ENDPOINT=" + one.agent.imds_endpoint() + "\n");
  one.look();
  one.expect("variables", status::note, "its default is used: http://localhost:40342");
}

TEST_CASE("doctor: no agent gives exit 3") {
  machine one;
  one.here.root = "/var/empty/none";
  one.look();
  one.expect("agent", status::note, "/proc hides other users' processes");
  one.expect("variables", status::problem, "this is not an Azure Arc machine: no IDENTITY_ENDPOINT",
             "169.254.169.254 is never used");
  one.expect("token", status::note, "not checked");
  CHECK(one.exit_code() == 3);
  CHECK(has(verdict_of(one.findings).text, "start with: variables"));
}

TEST_CASE("doctor: one variable, App Service or another host is a problem") {
  machine one;
  one.variables = {{"IDENTITY_ENDPOINT", one.agent.endpoint()}};
  one.look();
  one.expect("variables", status::problem, "IMDS_ENDPOINT is not");
  CHECK(has(one.at("variables").found, "IDENTITY_ENDPOINT: " + one.agent.endpoint()));
  CHECK(one.exit_code() == 2);
  one.variables["IDENTITY_HEADER"] = "x";
  one.look();
  one.expect("variables", status::problem,
             "this is not an Azure Arc machine: IDENTITY_HEADER is set", "from App Service");
  CHECK(one.exit_code() == 3);
  one.variables = {};
  one.here.endpoint = "http://169.254.169.254/metadata/identity/oauth2/token";
  one.look();
  one.expect("variables", status::problem, "host is not localhost");
  CHECK(one.exit_code() == 2);
}

TEST_CASE("doctor: a drop-in left by an uninstalled agent is a problem") {
  machine one;
  one.agent.stop();
  one.remove("opt/azcmagent/bin/himds");
  one.remove("proc/77/comm");
  one.nobody_listens();
  one.here.timeout = std::chrono::milliseconds(300);
  one.look();
  one.expect("agent", status::problem, "may have been uninstalled", "or remove that file");
  one.expect("listener", status::problem, "nothing is listening on port");
  one.expect("metadata", status::problem, "nothing is listening at the endpoint");
  one.expect("token", status::problem, "nothing is listening at the endpoint");
  CHECK(one.exit_code() == 1);
  CHECK(has(verdict_of(one.findings).text, "4 problems; start with: agent"));
}

TEST_CASE("doctor: an agent that is not running is a problem") {
  machine one;
  one.remove("proc/77/comm");
  one.look();
  one.expect("agent", status::problem, "himds is not running", "systemctl start himdsd");
}

TEST_CASE("doctor: another user on the port is a problem and gets no key") {
  machine one;
  one.listens(mallory);
  one.look();
  one.expect("listener", status::problem, "mallory (1001) listens on port", "ss -ltnp");
  one.expect("token", status::note, "not tried: another user's program listens on the port");
  CHECK(one.agent.counters().challenges == 0);
  CHECK(one.exit_code() == 1);
}

TEST_CASE("doctor: owners that the system does not report give a note") {
  machine one;
  one.look();
  one.expect("owner check", status::ok, "the key is sent only to the owner of its file");
  one.root.write("proc/self/mountinfo",
                 "21 1 8:1 / / rw shared:1 - ext4 /dev/sda rw\n"
                 "22 21 8:1 /keys " +
                     one.agent.key_directory() +
                     " rw,relatime,idmapped shared:2 - ext4 /dev/sda rw\n");
  one.look();
  one.expect("owner check", status::note, "is on an idmapped mount", "--agent-check none");
  one.root.write("proc/self/mountinfo",
                 "21 1 8:1 / / rw,idmapped shared:1 - ext4 /dev/sda rw\n"
                 "22 21 8:1 /keys " +
                     one.agent.key_directory() + " rw,relatime shared:2 - ext4 /dev/sda rw\n");
  one.look();
  one.expect("owner check", status::ok, "the key is sent only");
  one.root.write("proc/self/uid_map", "0 100000 65536\n");
  one.look();
  one.expect("owner check", status::note, "this user namespace does not map all users");
  one.cannot_tell(arc_identity::owner_status::unknown, 1);
  one.look();
  one.expect("listener", status::note, "the system does not show which user listens");
  one.expect("owner check", status::note, "does not report who owns a connection (system error 1)",
             "RestrictAddressFamilies");
  one.expect("token", status::ok, "got one");
  CHECK(one.exit_code() == 0);
}

TEST_CASE("doctor: ignored variables are reported with the reason") {
  machine one;
  one.here.ignores_variables = true;
  one.look();
  one.expect("variables", status::note,
             "variables are ignored in a program with more privileges than its caller");
  one.remove(drop_in);
  one.remove("opt/azcmagent/bin/himds");
  one.look();
  const std::string& found = one.at("variables").found;
  CHECK(has(found, "this is not an Azure Arc machine"));
  CHECK(found.find("are ignored") == found.rfind("are ignored"));
}

TEST_CASE("doctor: an agent of the same user is noted and tried") {
  machine one;
  one.listens(mallory);
  one.here.user = {mallory, {mallory}};
  one.look();
  one.expect("listener", status::note, "the user of this command");
  one.expect("token", status::ok, "got one");
  CHECK(one.exit_code() == 0);
}

TEST_CASE("doctor: a user outside the key directory's group is a problem") {
  machine one;
  const gid_t group = ::geteuid() == 0 ? 998 : ::getegid();
  one.root.write("etc/group", "keepers:x:" + std::to_string(group) + ":\n");
  REQUIRE(::chmod(one.agent.key_directory().c_str(), 0750) == 0);
  REQUIRE(::chown(one.agent.key_directory().c_str(), static_cast<uid_t>(-1), group) == 0);
  one.here.user = {mallory, {mallory}};
  one.here.can_search = [](const std::string&) { return false; };
  one.look();
  one.expect("key directory", status::problem, "mode 0750; user mallory (1001) cannot read it",
             "usermod -a -G keepers mallory, and log in again");
  CHECK(has(one.at("key directory").found, "group keepers (" + std::to_string(group) + ")"));
  CHECK(one.exit_code() == 4);

  one.here.user.groups.push_back(group);
  one.look();
  one.expect("key directory", status::problem, "cannot read it", "check the folders above it");
  REQUIRE(::chmod(one.agent.key_directory().c_str(), 0700) == 0);
  one.look();
  one.expect("key directory", status::problem, "mode 0700", "Run as root");
}

TEST_CASE("doctor: an unreadable key is reported before a token is requested") {
  machine one;
  const temporary_directory keys;
  one.here.key_directory = keys.path();
  keys.write("notes.txt", "");
  one.here.can_read = [](const std::string&) { return false; };
  one.look();
  one.expect("key directory", status::ok, "can open files in it");
  const std::string key = keys.write("a.key", "secret");
  REQUIRE(::chmod(key.c_str(), 0640) == 0);
  one.look();
  one.expect("key directory", status::problem, "cannot read " + key + ", which belongs to user");
  CHECK(has(one.at("key directory").found, "mode 0640"));
  CHECK(one.exit_code() == 4);
  one.here.can_read = [&](const std::string& path) { return path == key; };
  one.look();
  one.expect("key directory", status::ok, "can read the keys in it");
}

TEST_CASE("doctor: a key directory that is a file or inaccessible is a problem") {
  machine one;
  one.here.key_directory = one.root.write("file", "");
  one.look();
  one.expect("key directory", status::problem, "is not a directory");
  const std::string loop = one.root.path("loop");
  REQUIRE(::symlink(loop.c_str(), loop.c_str()) == 0);
  one.here.key_directory = loop;
  one.look();
  one.expect("key directory", status::problem, "cannot be accessed: Too many levels");
}

TEST_CASE("doctor: an inaccessible file is not reported as missing") {
  machine one;
  const auto hide = [&one](const std::string& file) {
    one.remove(file);
    const std::string path = one.root.path(file);
    REQUIRE(::symlink(path.c_str(), path.c_str()) == 0);
  };
  hide(drop_in);
  one.look();
  one.expect("variables", status::note, "azcmagent.conf cannot be read (Too many levels");
  CHECK_FALSE(has(one.at("variables").found, "neither"));
  one.remove("proc/77/comm");
  hide("opt/azcmagent/bin/himds");
  one.look();
  one.expect("variables", status::problem, "cannot tell whether this is an Azure Arc machine",
             "Run as root");
  one.expect("agent", status::note, "himds cannot be accessed: Too many levels");
  CHECK_FALSE(has(one.at("agent").found, "does not exist"));
  CHECK(one.exit_code() == 4);
}

TEST_CASE("doctor: hidden processes are not reported as missing") {
  machine one;
  one.remove("proc/77/comm");
  one.root.write("proc/self/comm", "doctor\n");
  one.look();
  one.expect("agent", status::note, "/proc hides other users' processes");
  one.root.write("proc/1/comm", "init\n");
  one.look();
  one.expect("agent", status::problem, "himds is not running");
}

TEST_CASE("doctor: a user without access to the key directory gets exit 4 and the remedy") {
  if (::geteuid() != 0) return;
  const temporary_directory keys;
  REQUIRE(::chown(keys.path().c_str(), 0, 1) == 0);  // daemon, on every system
  REQUIRE(::chmod(keys.path().c_str(), 0750) == 0);
  simulated_agent_options options;
  options.key_directory = keys.path();
  simulated_agent agent(options);
  REQUIRE(agent.start() == "");
  const auto run = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words = {"doctor", "--endpoint", agent.endpoint(), "--key-directory",
                                      keys.path()};
    words.insert(words.end(), more.begin(), more.end());
    return run_program(words, {}, user::nobody);
  };
  const program_run text = run({});
  CHECK(text.exit_code == 4);
  CHECK(text.errors == "");
  CHECK(has(text.output, "group daemon (1), mode 0750; user nobody (65534) cannot read it"));
  CHECK(has(text.output, "usermod -a -G daemon nobody"));
  CHECK(has(text.output, "ok       listener       root (0) listens"));
  CHECK(has(text.output, "ok       metadata"));
  CHECK(has(text.output, "problem  token          access to the key file is denied"));

  const program_run json = run({"--format", "json"});
  CHECK(json.exit_code == 4);
  CHECK(arc_identity::json::is_valid(json.output));
  CHECK(has(json.output, "\"exit_code\":4"));
  CHECK(has(json.output, "{\"name\":\"key directory\",\"status\":\"problem\""));
  CHECK_FALSE(has(json.output, "eyJ"));

  REQUIRE(::chmod(keys.path().c_str(), 0755) == 0);  // the files themselves are 0600 or 0640
  const program_run open = run({});
  CHECK(open.exit_code == 4);
  CHECK_FALSE(has(open.output, "may read"));
  CHECK(has(open.output, "user nobody (65534) cannot read " + keys.path()));
  CHECK(has(open.output, "problem  token          access to the key file is denied"));
  CHECK(has(open.output, "(Permission denied)"));
  REQUIRE(::chmod(keys.path().c_str(), 0711) == 0);  // Files can be opened, but not listed.
  CHECK(has(run({}).output, "ok       key directory"));
  CHECK(run({"--timeout", "x"}).exit_code == 2);
}

TEST_CASE("doctor: a container without agent and keys gives the container remedy") {
  machine one;
  one.agent.stop();
  one.root.write(".dockerenv", "");
  one.remove("proc/77/comm");
  one.remove("opt/azcmagent/bin/himds");
  one.nobody_listens();
  one.here.key_directory = one.root.path("no/keys");
  one.here.timeout = std::chrono::milliseconds(300);
  one.look();
  one.expect("container", status::note, "this is a container (/.dockerenv)", "--network host");
  one.expect("agent", status::note, "the host's agent is not visible");
  one.expect("listener", status::problem, "nothing is listening", "--network host");
  one.expect("key directory", status::problem, "does not exist", "/var/opt/azcmagent/tokens:ro");
  CHECK(one.exit_code() == 1);
}

TEST_CASE("doctor: each sign of a container is recognized") {
  machine one;
  CHECK(container_sign(one.here) == "");
  one.root.write("proc/1/cgroup", "0::/kubepods/pod1\n");
  CHECK(container_sign(one.here) == "/proc/1/cgroup");
  one.variables["KUBERNETES_SERVICE_HOST"] = "10.0.0.1";
  CHECK(container_sign(one.here) == "the variable KUBERNETES_SERVICE_HOST");
  one.root.write("run/.containerenv", "");
  CHECK(container_sign(one.here) == "/run/.containerenv");
  one.look();
  one.expect("container", status::note, "this is a container");
  CHECK(one.at("container").advice == "");  // because the agent is visible
}

TEST_CASE("doctor: a wrong clock is a problem") {
  machine one;
  one.here.unix_time = [] { return std::chrono::seconds(std::time(nullptr) + 4000); };
  one.look();
  one.expect("clock", status::problem, " s ahead of the agent's", "timedatectl");
  CHECK(one.exit_code() == 1);
  one.here.unix_time = [] { return std::chrono::seconds(std::time(nullptr) - 4000); };
  one.look();
  one.expect("clock", status::problem, " s behind the agent's");
}

TEST_CASE("doctor: a proxy is harmless, and its URL is not shown") {
  machine one;
  one.variables = {{"http_proxy", "http://user:password@proxy"}, {"HTTPS_PROXY", "x"}};
  one.look();
  one.expect("proxy", status::note, "http_proxy, HTTPS_PROXY; harmless", "no_proxy=localhost");
  CHECK_FALSE(has(text_report(one.findings) + json_report(one.findings), "password"));
  CHECK(one.exit_code() == 0);
}

TEST_CASE("doctor: an error before the challenge is shown with the agent's message") {
  simulated_agent_options options;
  options.fail_first = 1000;
  options.fail_status = 403;
  machine one(options);
  one.look();
  one.expect("metadata", status::ok, "the agent answers");
  one.expect("token", status::problem, "forbidden: The identity is disabled");
  CHECK(has(one.at("token").found, "(HTTP 403) (connect "));
}

TEST_CASE("doctor: failed attempts are counted, and a wait is not reported as time to connect") {
  for (const char* failures : {"1 failed attempt", "2 failed attempts"}) {
    simulated_agent_options options;
    options.fail_first = static_cast<std::size_t>(*failures - '0');
    machine one(options);
    one.look();
    one.expect("token", status::ok, std::string(" s (") + failures + " in ");
    CHECK(has(one.at("token").found, " ms, wait and connect "));
  }
}

TEST_CASE("doctor: a user-assigned identity is requested") {
  simulated_agent_options options;
  options.identities = {{"00000000-0000-0000-0000-000000000007", "o", "r"}};
  machine one(options);
  one.here.client_id = "00000000-0000-0000-0000-000000000007";
  one.look();
  one.expect("token", status::ok, "got one for");
  one.here.client_id = "00000000-0000-0000-0000-000000000008";
  one.look();
  one.expect("token", status::problem, "the machine has no such identity");
}

TEST_CASE("doctor: only known metadata of the machine is shown") {
  const std::string body = R"({"compute":{"name":"m","location":"","resourceId":null}})";
  const raw_agent agent([&](raw_connection& connection, std::size_t) {
    if (connection.read_request().empty()) return;
    connection.send(agent_texts::response(200, "Connection: close\r\n", body));
  });
  machine one;
  one.here.endpoint = agent.url();
  one.look();
  one.expect("metadata", status::ok, "");
  CHECK(one.at("metadata").found == "the agent answers: machine m");
}

TEST_CASE("doctor: a wrong challenge is shown with its status and message") {
  const std::string body = R"({"error":"proxy_login","error_description":"who are you?"})";
  const raw_agent agent([&](raw_connection& connection, std::size_t) {
    if (connection.read_request().empty()) return;
    connection.send(agent_texts::response(401, "WWW-Authenticate: Negotiate\r\n", body));
  });
  machine one;
  one.here.endpoint = agent.url();
  one.look();
  one.expect("metadata", status::problem, "challenged a request that needs no key");
  one.expect("token", status::problem,
             "the challenge has no Basic realm: proxy_login: who are you?");
  CHECK(has(one.at("token").found, "(HTTP 401)"));
}

TEST_CASE("doctor: text and JSON reports contain no control characters") {
  const std::vector<finding> findings = {{"one", status::ok, "fine", ""},
                                         {"two", status::problem, "bad\x1b[31m \"x\"", "do\nthis"},
                                         {"three", status::problem, "worse", "", exit_denied}};
  CHECK(text_report(findings) ==
        "ok       one            fine\n"
        "problem  two            bad?[31m \"x\"\n"
        "                        -> do?this\n"
        "problem  three          worse\n"
        "2 problems; start with: two\n");
  CHECK(json_report(findings) ==
        "{\"version\":\"" ARC_IDENTITY_VERSION
        "\",\"exit_code\":4,\"verdict\":\"2 problems; start with: two\",\"checks\":["
        "{\"name\":\"one\",\"status\":\"ok\",\"found\":\"fine\",\"advice\":\"\"},"
        "{\"name\":\"two\",\"status\":\"problem\",\"found\":\"bad?[31m \\\"x\\\"\",\"advice\":"
        "\"do?this\"},"
        "{\"name\":\"three\",\"status\":\"problem\",\"found\":\"worse\",\"advice\":\"\"}]}\n");
}

TEST_CASE("doctor: a process named himds on a machine without Arc is only a note") {
  machine one;
  one.remove(drop_in);
  one.remove("opt/azcmagent/bin/himds");
  one.look();
  one.expect("variables", status::problem, "this is not an Azure Arc machine");
  one.expect("agent", status::note, "himds is running as process 77, but its endpoint is unknown",
             "--endpoint");
  CHECK(one.exit_code() == 3);
}

TEST_CASE("doctor: the report is wrapped and coloured on a terminal") {
  const std::vector<finding> findings = {
      {"one", status::ok, "K\xc3\xb6ln and some more words", ""},
      {"two", status::note, "https://example.com/longer-than-a-line", "do this and that"},
      {"three", status::problem, "bad", "do this and that"}};
  CHECK(text_report(findings, {40, false}) ==
        "ok       one            K\xc3\xb6ln and some\n"
        "                        more words\n"
        "note     two            https://example.com/longer-than-a-line\n"
        "                        -> do this and\n"
        "                           that\n"
        "problem  three          bad\n"
        "                        -> as for: two\n"
        "1 problem; start with: three\n");
  const std::string report = text_report(findings, {0, true});
  CHECK(has(report, "\x1b[32mok       \x1b[0mone  "));
  CHECK(has(report, "\x1b[33mnote     \x1b[0mtwo  "));
  CHECK(has(report, "\x1b[1;31mproblem  \x1b[0mthree  "));
  CHECK(has(report, "\x1b[1;31m1 problem; start with: three\x1b[0m\n"));
}
