// SPDX-License-Identifier: MIT
// What discovery finds in the environment of Windows, and what becomes of texts at its border.

#include <map>
#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <arc_identity/core/challenge.hpp>
#include <arc_identity/system/discovery.hpp>
#include <arc_identity/system/platform.hpp>

#include "temporary_folder.hpp"

namespace {

using arc_identity::errc;
using arc_identity::system::environment;

constexpr const char* default_url = "http://localhost:40342/metadata/identity/oauth2/token";

/// Sets variables, and puts back what was there before. Names and values are UTF-8.
class variables {
 public:
  variables() = default;
  ~variables() {
    for (const auto& [name, value] : before_)
      put(name, value.second ? value.first.c_str() : nullptr);
  }
  variables(const variables&) = delete;
  variables& operator=(const variables&) = delete;

  void set(const std::string& name, const std::wstring& value) {
    remember(name);
    put(name, value.c_str());
  }
  void set(const std::string& name, const std::string& value) { set(name, to_wide(value)); }
  void unset(const std::string& name) {
    remember(name);
    put(name, nullptr);
  }

 private:
  static void put(const std::string& name, const wchar_t* value) {
    SetEnvironmentVariableW(to_wide(name).c_str(), value);
  }
  void remember(const std::string& name) {
    if (before_.count(name) != 0) return;
    wchar_t value[4096];
    const DWORD size = GetEnvironmentVariableW(to_wide(name).c_str(), value, 4096);
    before_[name] = {std::wstring(value, size), size != 0};
  }

  std::map<std::string, std::pair<std::wstring, bool>> before_;
};

/// A machine with nothing of Arc but a folder for programs and one for data.
struct machine {
  machine() {
    for (const char* const name : {"IDENTITY_ENDPOINT", "IMDS_ENDPOINT", "IDENTITY_HEADER"}) {
      set.unset(name);
    }
    set.set("ProgramW6432", programs.path());
    set.set("ProgramFiles", programs.path());
    set.set("ProgramData", data.path());
  }

  variables set{};
  temporary_folder programs{};
  temporary_folder data{};
};

struct finding {
  errc code{};
  std::string what{};
  std::string endpoint{};
  std::string key_directory{};
};

finding find(const arc_identity::options& options = {}) {
  arc_identity::system::discovery discovery;
  const auto failure = discovery.find(options);
  if (failure.what != nullptr) return {failure.code, failure.what.c_str(), "", ""};
  return {{}, "", std::string(discovery.endpoint()), std::string(discovery.key_directory())};
}

}  // namespace

TEST_CASE("environment, Windows: a variable, a missing one, an empty one") {
  variables set;
  set.set("ARC_TEST", "http://localhost:1");
  set.unset("ARC_TEST_MISSING");
  environment here;
  CHECK(here.variable("ARC_TEST") == "http://localhost:1");
  CHECK(here.variable("arc_test") == "http://localhost:1");
  CHECK(here.variable("ARC_TEST_MISSING") == "");
  set.set("ARC_TEST", "");
  CHECK(here.variable("ARC_TEST") == "");
}

TEST_CASE("environment, Windows: the last three values are kept") {
  variables set;
  set.set("ARC_A", "aaa");
  set.set("ARC_B", "bb");
  set.set("ARC_C", "c");
  environment here;
  for (int round = 0; round < 3; ++round) {
    const std::string_view a = here.variable("ARC_A");
    const std::string_view b = here.variable("ARC_B");
    const std::string_view c = here.variable("ARC_C");
    CHECK(a == "aaa");
    CHECK(b == "bb");
    CHECK(c == "c");
  }
}

TEST_CASE("environment, Windows: values beyond ASCII are UTF-8") {
  variables set;
  set.set("ARC_TEST", L"\x00fc\x65e5\xd83d\xdd11");
  environment here;
  CHECK(here.variable("ARC_TEST") == "\xc3\xbc\xe6\x97\xa5\xf0\x9f\x94\x91");
}

TEST_CASE("environment, Windows: what cannot be kept is never cut, but too long") {
  variables set;
  environment here;
  set.set("ARC_TEST", std::string(512, 'x'));
  CHECK(here.variable("ARC_TEST") == std::string(512, 'x'));
  for (const std::wstring& value :
       {std::wstring(513, L'x'), std::wstring(514, L'x'), std::wstring(5000, L'x'),
        std::wstring(300, L'\x65e5'), std::wstring(L"\xd83d"), std::wstring(L"a\xdd11")}) {
    set.set("ARC_TEST", value);
    CHECK(here.variable("ARC_TEST") == std::string(513, '?'));
  }
}

TEST_CASE("environment, Windows: the key directory lies under ProgramData") {
  variables set;
  environment here;
  const std::string below = "\\AzureConnectedMachineAgent\\Tokens";
  for (const char* const folder : {"C:\\ProgramData", "D:\\Pr\xc3\xb6gram Data", "C:"}) {
    set.set("ProgramData", std::string(folder));
    CHECK(here.key_directory() == folder + below);
    set.set("ProgramData", std::string(folder) + "\\");
    CHECK(here.key_directory() == folder + below);
  }
  set.set("ProgramData", "C:\\" + std::string(509, 'x'));
  CHECK(here.key_directory() == "C:\\" + std::string(509, 'x') + below);
  for (const std::wstring& unusable :
       {std::wstring(), std::wstring(L"C:\\\xd83d"), L"C:\\" + std::wstring(510, L'x')}) {
    set.set("ProgramData", unusable);
    CHECK(here.key_directory() == "");
  }
  set.unset("ProgramData");
  CHECK(here.key_directory() == "");
  CHECK_FALSE(arc_identity::challenge::key_path("Basic realm=C:\\a.key", here.key_directory()));
}

TEST_CASE("environment, Windows: the agent's executable") {
  const machine here;
  CHECK_FALSE(environment::look_at(environment::agent_executable).is_there);
  here.programs.write("AzureConnectedMachineAgent\\himds.exe", "");
  CHECK(environment::look_at(environment::agent_executable).is_there);
}

TEST_CASE("environment, Windows: a 32-bit program sees where 64-bit programs are") {
  machine here;
  const temporary_folder other;
  other.write("AzureConnectedMachineAgent\\himds.exe", "");
  here.set.set("ProgramW6432", other.path());
  CHECK(environment::look_at(environment::agent_executable).is_there);
  here.set.unset("ProgramW6432");
  CHECK_FALSE(environment::look_at(environment::agent_executable).is_there);
  here.set.set("ProgramFiles", other.path());
  CHECK(environment::look_at(environment::agent_executable).is_there);
  here.set.unset("ProgramFiles");
  CHECK_FALSE(environment::look_at(environment::agent_executable).is_there);
}

TEST_CASE("discovery, Windows: nothing at all") {
  const machine here;
  const finding got = find();
  CHECK(got.code == errc::not_arc_server);
  for (const char* const sought :
       {"IDENTITY_ENDPOINT", "IMDS_ENDPOINT", "%ProgramFiles%", "himds.exe"}) {
    CHECK(got.what.find(sought) != std::string::npos);
  }
}

TEST_CASE("discovery, Windows: the variables that the agent's installer sets") {
  machine here;
  here.set.set("IDENTITY_ENDPOINT", "http://localhost:40999/metadata/identity/oauth2/token");
  CHECK(find().code == errc::invalid_endpoint);
  here.set.set("IMDS_ENDPOINT", "http://localhost:40999");
  const finding got = find();
  CHECK(got.code == errc{});
  CHECK(got.endpoint == "http://localhost:40999/metadata/identity/oauth2/token");
  CHECK(got.key_directory == here.data.path() + "\\AzureConnectedMachineAgent\\Tokens");
  here.set.set("IDENTITY_HEADER", "x");
  CHECK(find().code == errc::not_arc_server);
}

TEST_CASE("discovery, Windows: endpoints too long, or not of ASCII") {
  machine here;
  const std::string url = "http://localhost:40342/";
  const std::string longest = url + std::string(512 - url.size(), 'a');
  for (const char* const name : {"IDENTITY_ENDPOINT", "IMDS_ENDPOINT"}) {
    here.set.set("IDENTITY_ENDPOINT", longest);
    here.set.set("IMDS_ENDPOINT", longest);
    CHECK(find().endpoint == longest);
    here.set.set(name, longest + 'a');
    CHECK(find().what == "the endpoint is too long");
    here.set.set(name, to_wide(url) + std::wstring(1, L'\xd83d'));
    CHECK(find().code == errc::invalid_endpoint);
  }
  here.set.set("IDENTITY_HEADER", std::string(5000, 'x'));
  CHECK(find().what.find("App Service") != std::string::npos);
}

TEST_CASE("discovery, Windows: the executable alone, and the options before all") {
  machine here;
  here.programs.write("AzureConnectedMachineAgent\\himds.exe", "");
  CHECK(find().endpoint == default_url);
  here.set.set("IMDS_ENDPOINT", "http://localhost");
  CHECK(find().code == errc::invalid_endpoint);
  arc_identity::options options;
  options.endpoint = "http://127.0.0.1:1";
  options.key_directory = "C:\\Keys";
  const finding got = find(options);
  CHECK(got.endpoint == "http://127.0.0.1:1");
  CHECK(got.key_directory == "C:\\Keys");
}
