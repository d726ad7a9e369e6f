// SPDX-License-Identifier: MIT
// The simulated agent's keys for a client that sees their directory under another path.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <doctest/doctest.h>

#include "simulate/simulated_keys.hpp"
#include "support/temporary_directory.hpp"

namespace {

namespace fs = std::filesystem;
using arc_identity_cli::simulated_keys;
using namespace std::chrono_literals;

/// Creates a key. Returns the path of its file in the challenge, which is in `realm_directory`; the
/// file has the same name in `directory`.
std::string issue(const std::string& directory, const std::string& realm_directory) {
  simulated_keys keys(1h, 10);
  REQUIRE(keys.open(directory, realm_directory) == "");
  CHECK(keys.directory() == directory);
  const std::string path = keys.issue();
  const std::string name = path.substr(path.find_last_of("/\\") + 1);
  std::ifstream file(directory + "/" + name);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  CHECK(keys.redeem(text));
  CHECK_FALSE(fs::exists(directory + "/" + name));
  return path.substr(0, path.size() - name.size());
}

}  // namespace

TEST_CASE("realm directory: the challenge has the given directory, with its own separator") {
  const temporary_directory scratch;
  CHECK(issue(scratch.path(), "C:\\ProgramData\\Tokens") == "C:\\ProgramData\\Tokens\\");
  CHECK(issue(scratch.path(), "C:\\") == "C:\\");
  CHECK(issue(scratch.path(), "C:/Tokens") == "C:/Tokens/");
  CHECK(issue(scratch.path(), "/run/keys") == "/run/keys/");
  CHECK(issue(scratch.path(), "/run/a\\b/") == "/run/a\\b/");
  CHECK(issue(scratch.path(), "") == scratch.path() + "/");
}

TEST_CASE("realm directory: control characters are refused") {
  const temporary_directory scratch;
  simulated_keys keys(1h, 10);
  CHECK(keys.open(scratch.path(), "/run\nX-Other: 1") != "");
  CHECK(keys.open(scratch.path(), "/run") == "");
}
