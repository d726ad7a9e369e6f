// SPDX-License-Identifier: MIT
// An accepted key path is one name, ending in .key, directly in the directory.
//
// Input: a byte that selects the directory (0: the next line of the input); the field.

#define ARC_IDENTITY_WINDOWS_PATHS 1
#include <arc_identity/core/challenge.hpp>

#include "fuzz.hpp"

namespace {

using fuzz::require;

constexpr std::string_view directories[] = {{},
                                            "/var/opt/azcmagent/tokens",
                                            "/d//",
                                            "/",
                                            "C:\\ProgramData\\AzureConnectedMachineAgent\\Tokens",
                                            "c:/tokens/",
                                            "\\\\host\\share",
                                            "relative"};

char fold(char c, bool windows) {
  if (!windows) return c;
  if (c == '\\') return '/';
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same(std::string_view a, std::string_view b, bool windows) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (fold(a[i], windows) != fold(b[i], windows)) return false;
  }
  return true;
}

void check_path(std::string_view path, std::string_view directory) {
  const bool windows = directory.front() != '/' &&
                       (fuzz::contains(directory, "\\") || directory.substr(1, 1) == ":");
  const std::string_view separators = windows ? "/\\" : "/";
  const std::size_t last = path.find_last_of(separators);
  require(last != std::string_view::npos, "a path has a slash");
  const std::size_t trailing = directory.find_last_not_of(separators) + 1;
  require(trailing != 0, "the directory is not the root");
  require(same(path.substr(0, last), directory.substr(0, trailing), windows),
          "the path lies directly in the directory");
  const std::string_view name = path.substr(last + 1);
  require(name.size() > 4, "the name is longer than .key");
  require(same(name.substr(name.size() - 4), ".key", windows), "the name ends in .key");
  for (const char c : name) {
    require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f, "the name has no control byte");
    require(c != '/' && c != '\\', "the name has no separator");
    require(!windows || !fuzz::contains("<>:\"|?*", {&c, 1}),
            "the name has no character for a file stream or a wildcard");
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input input(data, size);
  std::string_view directory = input.pick(directories);
  if (directory.empty()) directory = input.line();
  const std::string_view field = input.rest();
  const auto path = arc_identity::challenge::key_path(field, directory);
  if (!path) {
    require(path.error().code() == arc_identity::errc::key_path_rejected,
            "the error has an expected code");
    fuzz::require_good_message(path.error());
    return 0;
  }
  require(fuzz::lies_inside(*path, field), "the path is part of the field");
  require(!directory.empty(), "the directory is not empty");
  check_path(*path, directory);
  return 0;
}
