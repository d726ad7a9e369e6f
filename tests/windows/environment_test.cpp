// SPDX-License-Identifier: MIT
// Discovery in the environment of Windows, and the conversion of texts.

#include <windows.h>

#include <shlobj.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <arc_identity/system/discovery.hpp>
#include <arc_identity/system/platform.hpp>

#include "temporary_folder.hpp"

namespace {

using arc_identity::errc;
using arc_identity::system::environment;

constexpr const char* default_url = "http://localhost:40342/metadata/identity/oauth2/token";

/// Sets variables, and restores the previous values. Names and values are UTF-8.
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

/// A machine without variables of Arc, whose folder variables point to another host.
struct machine {
  machine() {
    for (const char* const name : {"IDENTITY_ENDPOINT", "IMDS_ENDPOINT", "IDENTITY_HEADER"}) {
      set.unset(name);
    }
    for (const char* const name :
         {"ProgramW6432", "ProgramFiles", "ProgramData", "ALLUSERSPROFILE"}) {
      set.set(name, std::string("\\\\attacker\\share"));
    }
  }

  variables set{};
};

/// The agent's executable in this system's folder Program Files, as long as the object exists.
class installed_agent {
 public:
  installed_agent() {
    wchar_t folder[MAX_PATH];
    REQUIRE(SHGetFolderPathW(nullptr, CSIDL_PROGRAM_FILES, nullptr, 0, folder) == 0);
    folder_ = std::filesystem::path(folder) / "AzureConnectedMachineAgent";
    REQUIRE(std::filesystem::create_directory(folder_));  // there is no real agent here
    std::ofstream(folder_ / "himds.exe") << "x";
  }
  ~installed_agent() { std::filesystem::remove_all(folder_); }
  installed_agent(const installed_agent&) = delete;
  installed_agent& operator=(const installed_agent&) = delete;

 private:
  std::filesystem::path folder_;
};

constexpr const char* key_directory = "C:\\ProgramData\\AzureConnectedMachineAgent\\Tokens";

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

TEST_CASE("environment, Windows: missing and empty variables are empty") {
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

TEST_CASE("environment, Windows: the last three values stay valid") {
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

TEST_CASE("environment, Windows: non-ASCII values are UTF-8") {
  variables set;
  set.set("ARC_TEST", L"\x00fc\x65e5\xd83d\xdd11");
  environment here;
  CHECK(here.variable("ARC_TEST") == "\xc3\xbc\xe6\x97\xa5\xf0\x9f\x94\x91");
}

TEST_CASE("environment, Windows: a value too long is reported as too long, not cut") {
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

TEST_CASE("environment, Windows: variables do not change the key directory") {
  const machine here;
  CHECK(environment().key_directory() == key_directory);
}

TEST_CASE("environment, Windows: the agent's executable is searched in the system's folder") {
  const machine here;
  CHECK_FALSE(environment::look_at(environment::agent_executable).is_there);
  const installed_agent agent;
  CHECK(environment::look_at(environment::agent_executable).is_there);
}

TEST_CASE("discovery, Windows: no trace of an agent gives not_arc_server") {
  const machine here;
  const finding got = find();
  CHECK(got.code == errc::not_arc_server);
  for (const char* const sought :
       {"IDENTITY_ENDPOINT", "IMDS_ENDPOINT", "Program Files", "himds.exe"}) {
    CHECK(got.what.find(sought) != std::string::npos);
  }
}

TEST_CASE("discovery, Windows: the variables of the agent's installer are used") {
  machine here;
  here.set.set("IDENTITY_ENDPOINT", "http://localhost:40999/metadata/identity/oauth2/token");
  CHECK(find().code == errc::invalid_endpoint);
  here.set.set("IMDS_ENDPOINT", "http://localhost:40999");
  const finding got = find();
  CHECK(got.code == errc{});
  CHECK(got.endpoint == "http://localhost:40999/metadata/identity/oauth2/token");
  CHECK(got.key_directory == key_directory);
  here.set.set("IDENTITY_HEADER", "x");
  CHECK(find().code == errc::not_arc_server);
}

TEST_CASE("discovery, Windows: endpoints too long or not ASCII are refused") {
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

TEST_CASE("discovery, Windows: only the executable gives the default, options come first") {
  machine here;
  const installed_agent agent;
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
