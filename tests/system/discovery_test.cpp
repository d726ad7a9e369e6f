// SPDX-License-Identifier: MIT
// Discovery with files below a root folder, and variables, that the test sets.

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include <doctest/doctest.h>
#include <arc_identity/arc_identity.hpp>
#include <arc_identity/testing/manual_clock.hpp>
#include <arc_identity/testing/memory_key_files.hpp>
#include <arc_identity/testing/scripted_transport.hpp>

#include "support/agent_texts.hpp"
#include "support/temporary_directory.hpp"

namespace {

using agent_texts::contains;
using arc_identity::errc;
using arc_identity::system::sighting;

constexpr const char* drop_in = "lib/systemd/system.conf.d/azcmagent.conf";
constexpr const char* executable = "opt/azcmagent/bin/himds";
const std::string identity_url = "http://localhost:40999/metadata/identity/oauth2/token";
const std::string imds_url = "http://localhost:40999";

/// A machine: its files and its variables. Only one at a time, because policies are
/// default-constructed.
struct machine {
  machine() { current = this; }
  ~machine() { current = nullptr; }
  machine(const machine&) = delete;
  machine& operator=(const machine&) = delete;

  static machine* current;
  temporary_directory root{};
  std::map<std::string, std::string> variables{};
  std::map<std::string, int> hidden{};  ///< paths, and the system's error for accessing them
};
machine* machine::current = nullptr;

class rooted_environment : public arc_identity::system::environment {
 public:
  std::string_view variable(const char* name) const {
    const auto found = machine::current->variables.find(name);
    return found == machine::current->variables.end() ? std::string_view{} : found->second;
  }
  sighting read(const char* path, arc_identity::mutable_buffer space) const {
    if (is_hidden(path)) return {false, machine::current->hidden[path]};
    return environment::read(rooted(path).c_str(), space);
  }
  sighting look_at(const char* path) const {
    if (is_hidden(path)) return {false, machine::current->hidden[path]};
    return environment::look_at(rooted(path).c_str());
  }

 private:
  static bool is_hidden(const char* path) { return machine::current->hidden.count(path) != 0; }
  static std::string rooted(const char* path) { return machine::current->root.path() + path; }
};

using rooted_discovery = arc_identity::system::basic_discovery<rooted_environment>;

struct traits : arc_identity::default_limits {
  using discovery = rooted_discovery;
};

struct finding {
  errc code{};
  std::string message{};
  std::string endpoint{};
  std::string key_directory{};
};

/// The result of a client on this machine.
finding find(const arc_identity::options& options = {}) {
  using namespace arc_identity::testing;
  rooted_discovery found;
  const auto failure = found.find(options);
  scripted_transport agent;
  agent.on_receive(agent_texts::token_response());
  arc_identity::basic_client<scripted_transport, manual_clock, memory_key_files, traits> client(
      options, agent);
  char workspace[4096];
  const auto token = client.get_token({"https://vault.azure.net"}, workspace);
  if (failure.what != nullptr) {
    REQUIRE_FALSE(token);
    CHECK(token.error().code() == failure.code);
  }
  if (!token) {
    CHECK(agent.peers().empty());
    return {token.error().code(), token.error().message(), "", ""};
  }
  return {errc{}, "", std::string(found.endpoint()), std::string(found.key_directory())};
}

}  // namespace

TEST_CASE("discovery: no trace of an agent gives not_arc_server") {
  const machine here;
  const finding got = find();
  CHECK(got.code == errc::not_arc_server);
  CHECK(got.message.find("this is not an Azure Arc machine: no IDENTITY_ENDPOINT") == 0);
  for (const char* const sought : {"IDENTITY_ENDPOINT", "IMDS_ENDPOINT", "azcmagent.conf",
                                   "/opt/azcmagent/bin/himds", "Connect the machine"}) {
    CHECK(contains(got.message, sought));
  }
}

TEST_CASE("discovery: the options come before the environment") {
  machine here;
  here.variables = {{"IDENTITY_ENDPOINT", "https://elsewhere"}, {"IDENTITY_HEADER", "x"}};
  arc_identity::options options;
  options.endpoint = "http://127.0.0.1:1234/x";
  options.key_directory = "/tmp/keys";
  const finding got = find(options);
  CHECK(got.code == errc{});
  CHECK(got.endpoint == "http://127.0.0.1:1234/x");
  CHECK(got.key_directory == "/tmp/keys");
}

TEST_CASE("discovery: the environment comes before the drop-in") {
  machine here;
  here.root.write(drop_in, "DefaultEnvironment=\"IDENTITY_ENDPOINT=http://localhost:1/x\"\n");
  here.root.write(executable, "");
  here.variables = {{"IDENTITY_ENDPOINT", identity_url}, {"IMDS_ENDPOINT", imds_url}};
  const finding got = find();
  CHECK(got.code == errc{});
  CHECK(got.endpoint == identity_url);
  CHECK(got.key_directory == "/var/opt/azcmagent/tokens");
}

TEST_CASE("discovery: the drop-in is accepted in each spelling that systemd accepts") {
  const std::string identity = "IDENTITY_ENDPOINT=" + identity_url;
  const std::string imds = "IMDS_ENDPOINT=" + imds_url;
  const std::string spellings[] = {
      "[Manager]\nDefaultEnvironment=\"" + identity + "\" \"" + imds + "\"\n",
      "DefaultEnvironment=\"" + imds + "\" \"" + identity + "\"",
      "DefaultEnvironment='" + identity + "' '" + imds + "'\n",
      "DefaultEnvironment=" + identity + " " + imds + "\n",
      "DefaultEnvironment=" + identity + "\t" + imds + "\n",
      "DefaultEnvironment=\"" + identity + "\"\nDefaultEnvironment=\"" + imds + "\"\n",
      "  DefaultEnvironment=  \"" + identity + "\"   \"" + imds + "\"  \n",
      "DefaultEnvironment = \"" + identity + "\" \"" + imds + "\"\n",
      "DefaultEnvironment=\"" + identity + "\" \"" + imds + "\"\r\n",
      "DefaultEnvironment=" + identity + " " + imds + "\r\n",
      "# a comment\n; another\n\nDefaultEnvironment=\"A=b c\" \"" + identity + "\" X=1 \"" + imds +
          "\" \"IDENTITY=x\"\n",
      "DefaultEnvironment=\"IDENTITY_ENDPOINT=http://localhost:1/old\" \"" + imds +
          "\"\nDefaultEnvironment=\"" + identity + "\"\n",
  };
  for (const std::string& text : spellings) {
    CAPTURE(text);
    const machine here;
    here.root.write(drop_in, text);
    const finding got = find();
    CHECK_MESSAGE(got.code == errc{}, got.message);
    CHECK(got.endpoint == identity_url);
  }
}

TEST_CASE("discovery: the drop-in follows systemd's rules for quotes, lines and resets") {
  const std::string identity = "IDENTITY_ENDPOINT=" + identity_url;
  const std::string imds = "IMDS_ENDPOINT=" + imds_url;
  const std::string quoted_identity = "IDENTITY_ENDPOINT=\"" + identity_url + "\"";
  const std::string old = "IDENTITY_ENDPOINT=http://localhost:1/old";
  const std::string key = "DefaultEnvironment=";
  const std::string spellings[] = {
      key + quoted_identity + " IMDS_ENDPOINT='" + imds_url + "'\n",
      key + "\"IDENTITY_\"ENDPOINT='" + identity_url + "' " + imds + "\n",
      key + identity + " \\\n  " + imds + "\n",
      key + "\\\r\n\"" + identity + "\" \\\r\n\"" + imds + "\"\\\r\n",
      key + identity + " \\\n# a comment\n  ; another \\\n" + imds + "\n",
      key + identity + "\\\n" + imds,
      key + imds + " \\\n" + identity + " \\",
      "# a comment \\\n" + key + identity + " " + imds + "\n",
      key + old + "\n" + key + imds + "\n" + key + "\n" + key + identity + "\n" + key + imds,
      key + old + " " + imds + "\n" + key + identity + "\n",
      key + old + " " + imds + " " + identity + "\n",
      "[Manager]\n" + key + identity + " " + imds + "\n[Other]\n" + key + old + "\n",
      key + "\"A=a\\\"b\" B=\\\\ C='\\'' " + identity + " " + imds + "\n",
      key + identity + " " + imds + " \"" + old + "\n",
      key + identity + " " + imds + " A=\\x " + old + "\n",
  };
  for (const std::string& text : spellings) {
    CAPTURE(text);
    const machine here;
    here.root.write(drop_in, text);
    const finding got = find();
    CHECK_MESSAGE(got.code == errc{}, got.message);
    CHECK(got.endpoint == identity_url);
  }
  const machine here;
  here.root.write(drop_in, key + "IDENTITY_ENDPOINT=http://localhost:1/a%%20b " + imds + "\n");
  CHECK(find().endpoint == "http://localhost:1/a%20b");
}

TEST_CASE("discovery: irrelevant lines of the drop-in are ignored") {
  const std::string pair = "DefaultEnvironment=\"IDENTITY_ENDPOINT=" + identity_url +
                           "\" \"IMDS_ENDPOINT=" + imds_url + "\"";
  for (const std::string& text :
       {std::string(), "#" + pair, ";" + pair, "x" + pair, "# " + pair + "\n",
        std::string("DefaultEnvironment=\n"), std::string("DefaultEnvironment=\"A=b\"\n"),
        std::string("DefaultEnvironment=\"IDENTITY_ENDPOINT\" \"IMDS_ENDPOINT\"\n"),
        std::string("[Manager]\n"), std::string(10'000, '#'), "[Service]\n" + pair,
        pair + "\nDefaultEnvironment=\n", "DefaultEnvironment=\"" + pair.substr(19) + "\n"}) {
    CAPTURE(text);
    const machine here;
    here.root.write(drop_in, text);
    CHECK(find().code == errc::not_arc_server);
  }
}

TEST_CASE("discovery: a drop-in that is not a regular file is ignored") {
  const machine here;
  std::filesystem::create_directories(here.root.path(drop_in));
  CHECK(find().code == errc::not_arc_server);
}

TEST_CASE("discovery: only the executable gives the default endpoint") {
  const machine here;
  here.root.write(executable, "");
  const finding got = find();
  CHECK(got.code == errc{});
  CHECK(got.endpoint == "http://localhost:40342/metadata/identity/oauth2/token");
}

TEST_CASE("discovery: one variable of the pair gives invalid_endpoint, and nothing else is tried") {
  for (const bool in_drop_in : {false, true}) {
    for (const std::string& name :
         {std::string("IDENTITY_ENDPOINT"), std::string("IMDS_ENDPOINT")}) {
      CAPTURE(name);
      machine here;
      here.root.write(executable, "");
      if (in_drop_in) {
        here.root.write(drop_in, "DefaultEnvironment=\"" + name + "=" + identity_url + "\"\n");
      } else {
        here.variables[name] = identity_url;
      }
      const finding got = find();
      CHECK(got.code == errc::invalid_endpoint);
      CHECK(contains(got.message, name + " is set, but"));
      CHECK(contains(got.message, name + ": " + identity_url));
      CHECK(contains(got.message, "Correct /lib/systemd/system.conf.d/azcmagent.conf") ==
            in_drop_in);
    }
  }
}

TEST_CASE("discovery: an empty variable counts as unset") {
  machine here;
  here.variables = {{"IDENTITY_ENDPOINT", ""}, {"IMDS_ENDPOINT", ""}, {"IDENTITY_HEADER", ""}};
  CHECK(find().code == errc::not_arc_server);
  here.root.write(executable, "");
  CHECK(find().code == errc{});
}

TEST_CASE("discovery: App Service's variables give not_arc_server") {
  machine here;
  here.root.write(executable, "");
  here.variables = {{"IDENTITY_ENDPOINT", identity_url}, {"IDENTITY_HEADER", "SECRET"}};
  for (int i = 0; i < 2; ++i) {
    const finding got = find();
    CHECK(got.code == errc::not_arc_server);
    CHECK(contains(got.message, "this is not an Azure Arc machine: IDENTITY_HEADER is set"));
    CHECK(contains(got.message, "App Service"));
    CHECK_FALSE(contains(got.message, "SECRET"));
    here.variables["IMDS_ENDPOINT"] = imds_url;
  }
  here.variables = {{"IDENTITY_HEADER", "SECRET"}};
  CHECK(find().code == errc{});
}

TEST_CASE("discovery: invalid endpoints are refused with the reason") {
  const struct {
    std::string url;
    const char* reason;
  } cases[] = {
      {"https://localhost:40342/x", "does not begin with http://"},
      {"http://169.254.169.254/metadata", "not localhost"},
      {"http://localhost.evil.example:40342/", "not localhost"},
      {"http://localhost :40342/", "visible ASCII"},
      {"http://localhost:0/", "port"},
      {"ftp://localhost/", "http://"},
      {"localhost:40342", "http://"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.url);
    machine here;
    here.variables = {{"IDENTITY_ENDPOINT", c.url}, {"IMDS_ENDPOINT", imds_url}};
    finding got = find();
    CHECK(got.code == errc::invalid_endpoint);
    CHECK(contains(got.message, c.reason));
    CHECK(contains(got.message, "IDENTITY_ENDPOINT: " + c.url));
    here.variables = {{"IDENTITY_ENDPOINT", identity_url}, {"IMDS_ENDPOINT", c.url}};
    got = find();
    CHECK(got.code == errc::invalid_endpoint);
    CHECK(contains(got.message, c.reason));
    CHECK(contains(got.message, "IMDS_ENDPOINT: " + c.url));
    here.variables = {};
    here.root.write(drop_in, "DefaultEnvironment=\"IDENTITY_ENDPOINT=" + identity_url +
                                 "\" \"IMDS_ENDPOINT=" + c.url + "\"\n");
    got = find();
    CHECK(got.code == errc::invalid_endpoint);
    CHECK(contains(got.message, c.reason));
    CHECK(contains(got.message, "IMDS_ENDPOINT: " + c.url));
    CHECK(contains(got.message, "Correct /lib/systemd/system.conf.d/azcmagent.conf"));
  }
  machine here;
  here.variables = {{"IDENTITY_ENDPOINT", "http://localhost/" + std::string(5000, 'x')},
                    {"IMDS_ENDPOINT", imds_url}};
  const finding got = find();
  CHECK(got.code == errc::invalid_endpoint);
  CHECK(contains(got.message, "too long: IDENTITY_ENDPOINT: http://localhost/xxx"));
}

TEST_CASE("discovery: user info in an endpoint is not in the message") {
  for (const std::string& url :
       {std::string("http://user:password@localhost:40342/"),
        std::string("http://user:pass/password@localhost:40342/"),
        std::string("http://a@b:password@127.0.0.1@localhost:40342/"),
        std::string("https://user:password@localhost:40342/x?y"),
        "http://user:password" + std::string(600, 'x') + "@localhost:40342/"}) {
    CAPTURE(url);
    machine here;
    finding got;
    const auto expect_masked = [&](const char* name) {
      got = find();
      CAPTURE(got.message);
      CHECK(got.code == errc::invalid_endpoint);
      CHECK(contains(got.message, name));
      CHECK_FALSE(contains(got.message, "password"));
      CHECK_FALSE(contains(got.message, "user:"));
    };
    here.variables = {{"IDENTITY_ENDPOINT", url}, {"IMDS_ENDPOINT", imds_url}};
    expect_masked("IDENTITY_ENDPOINT: ");
    here.variables = {{"IDENTITY_ENDPOINT", identity_url}, {"IMDS_ENDPOINT", url}};
    expect_masked("IMDS_ENDPOINT: ");
    here.variables = {{"IMDS_ENDPOINT", url}};
    expect_masked("IMDS_ENDPOINT is set");
    arc_identity::options options;
    options.endpoint = url;
    got = find(options);
    CHECK(got.code == errc::invalid_endpoint);
    CHECK_FALSE(contains(got.message, "password"));
  }
}

TEST_CASE("discovery: a URL cut off at the read limit of the drop-in is not used") {
  const machine here;
  for (const std::string quote : {"\"", ""}) {
    const std::string line = "DefaultEnvironment=" + quote + "IMDS_ENDPOINT=" + imds_url + quote +
                             ' ' + quote + "IDENTITY_ENDPOINT=" + identity_url;
    // The reader takes 4096 bytes, which end in the middle of a URL.
    const std::string text =
        "#" + std::string(4096 - 2 - line.size() + 10, 'x') + "\n" + line + quote + "\n";
    here.root.write(drop_in, text);
    CHECK(find().code == errc::not_arc_server);
  }
}

TEST_CASE("discovery: no proxy variable is read") {
  machine here;
  here.root.write(executable, "");
  for (const char* const name : {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"}) {
    here.variables[name] = "http://169.254.169.254:3128";
  }
  CHECK(find().endpoint == "http://localhost:40342/metadata/identity/oauth2/token");
}

TEST_CASE("environment: variables and files of this system are read") {
  const temporary_directory directory;
  const arc_identity::system::environment environment;
  ::setenv("ARC_IDENTITY_TEST_VARIABLE", "value", 1);
  CHECK(environment.variable("ARC_IDENTITY_TEST_VARIABLE") == "value");
  ::unsetenv("ARC_IDENTITY_TEST_VARIABLE");
  CHECK(environment.variable("ARC_IDENTITY_TEST_VARIABLE").empty());
  char space[5];
  CHECK(environment.read(directory.write("a", "text").c_str(), space).text == "text");
  CHECK(environment.read(directory.write("b", "longer text").c_str(), space).text == "longe");
  CHECK(environment.look_at(directory.path("a").c_str()).is_there);
  for (const std::string& none : {directory.path("none"), directory.path("a/none")}) {
    CHECK_FALSE(environment.look_at(none.c_str()).is_there);
    CHECK(environment.look_at(none.c_str()).system_error == 0);
  }
  for (const std::string& none :
       {directory.path("none"), directory.path(), std::string("/dev/zero")}) {
    const sighting got = environment.read(none.c_str(), space);
    CHECK_FALSE(got.is_there);
    CHECK(got.system_error == 0);
    CHECK(got.text.empty());
  }
  CHECK(environment.key_directory() == "/var/opt/azcmagent/tokens");
}

TEST_CASE("discovery: IMDS_ENDPOINT gives the metadata endpoint") {
  machine here;
  here.variables = {{"IDENTITY_ENDPOINT", identity_url},
                    {"IMDS_ENDPOINT", "http://127.0.0.1:41000/"}};
  rooted_discovery found;
  REQUIRE(found.find(arc_identity::options{}).what == nullptr);
  CHECK(found.endpoint() == identity_url);
  CHECK(found.imds_endpoint() == "http://127.0.0.1:41000/");

  using namespace arc_identity::testing;
  scripted_transport agent;
  agent.on_receive("HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{\"compute\":{}}");
  arc_identity::basic_client<scripted_transport, manual_clock, memory_key_files, traits> client(
      arc_identity::options{}, agent);
  char workspace[4096];
  CHECK(client.get_document<arc_identity::instance_metadata>(workspace));
  CHECK(agent.peers().front().port == 41000);
}

TEST_CASE("discovery: options and defaults give one endpoint for tokens and metadata") {
  machine here;
  arc_identity::options options;
  options.endpoint = "http://127.0.0.1:1234/x";
  rooted_discovery found;
  REQUIRE(found.find(options).what == nullptr);
  CHECK(found.imds_endpoint() == options.endpoint);
  here.root.write(executable, "");
  REQUIRE(found.find(arc_identity::options{}).what == nullptr);
  CHECK(found.imds_endpoint() == arc_identity::default_endpoint_url);
}

TEST_CASE("environment: a file in /proc, which reports no size, is read") {
  char space[64];
  CHECK(!arc_identity::system::environment().read("/proc/self/comm", space).text.empty());
}

TEST_CASE("environment: a file that cannot be accessed gives its error, not 'absent'") {
  const temporary_directory directory;
  const arc_identity::system::environment environment;
  const std::string loop = directory.path("loop");
  REQUIRE(::symlink(loop.c_str(), loop.c_str()) == 0);
  char space[64];
  CHECK(environment.read(loop.c_str(), space).system_error == ELOOP);
  CHECK(environment.look_at(loop.c_str()).system_error == ELOOP);
  CHECK_FALSE(environment.look_at(loop.c_str()).is_there);
}

TEST_CASE("discovery: a file that cannot be accessed gives discovery_failed with its path") {
  const std::string drop_in_path = std::string("/") + drop_in;
  const std::string executable_path = std::string("/") + executable;
  const std::map<std::string, int> cases[] = {{{executable_path, EACCES}},
                                              {{drop_in_path, EACCES}},
                                              {{drop_in_path, EIO}, {executable_path, EACCES}}};
  for (const auto& hidden : cases) {
    machine here;
    here.hidden = hidden;
    finding got = find();
    CHECK(got.code == errc::discovery_failed);
    CHECK(contains(got.message, "cannot tell whether this is an Azure Arc machine"));
    const std::string& path = hidden.count(executable_path) != 0 ? executable_path : drop_in_path;
    CHECK(contains(got.message, path + " (system error 13)"));
    CHECK(contains(got.message, "Run as root"));
    here.variables = {{"IDENTITY_ENDPOINT", identity_url}, {"IMDS_ENDPOINT", imds_url}};
    CHECK(find().endpoint == identity_url);
  }
}

TEST_CASE("discovery: an unreadable drop-in and an executable give the default endpoint") {
  machine here;
  here.hidden = {{std::string("/") + drop_in, EACCES}};
  here.root.write(executable, "");
  CHECK(find().endpoint == "http://localhost:40342/metadata/identity/oauth2/token");
}
