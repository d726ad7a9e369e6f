// SPDX-License-Identifier: MIT
//
// The program `arc-identity` on Windows: `token` and `metadata`; what else there is needs POSIX.
// Arguments come as UTF-16 and are UTF-8 from here on.

#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include <fcntl.h>
#include <io.h>
#include <windows.h>

#include <shellapi.h>

#include <arc_identity/version.hpp>

#include "metadata/metadata_command.hpp"
#include "metadata/metadata_options.hpp"
#include "token/token_command.hpp"
#include "token/token_options.hpp"
#include "usage.hpp"

namespace {

/// Of a file name that is not Unicode, which Windows allows, some characters are replaced.
std::string to_utf8(const wchar_t* text) {
  const int size = WideCharToMultiByte(CP_UTF8, 0, text, -1, nullptr, 0, nullptr, nullptr);
  std::string utf8(static_cast<std::size_t>(size), '\0');
  WideCharToMultiByte(CP_UTF8, 0, text, -1, utf8.data(), size, nullptr, nullptr);
  utf8.pop_back();  // Its NUL.
  return utf8;
}

/// Without the program's name, and backwards, as CLI11 takes them.
std::vector<std::string> arguments() {
  std::vector<std::string> backwards;
  int count = 0;
  wchar_t** const words = CommandLineToArgvW(GetCommandLineW(), &count);
  if (words == nullptr) return backwards;
  for (int i = count - 1; i > 0; --i) backwards.push_back(to_utf8(words[i]));
  LocalFree(words);
  return backwards;
}

}  // namespace

int main() {
  // A carriage return would become part of the token for many who read it.
  _setmode(_fileno(stdout), _O_BINARY);

  CLI::App app("Access tokens from the Azure Arc agent of this machine", "arc-identity");
  app.set_version_flag("--version", "arc-identity " ARC_IDENTITY_VERSION);
  app.require_subcommand(1);
  app.formatter(arc_identity_cli::usage_formatter());

  arc_identity_cli::token_command_options token_options;
  CLI::App* const token = app.add_subcommand("token", "Get an access token and print it");
  add_token_options(*token, token_options);

  arc_identity_cli::metadata_command_options metadata_options;
  CLI::App* const metadata =
      app.add_subcommand("metadata", "Print what the agent tells of this machine");
  add_metadata_options(*metadata, metadata_options);
  try {
    app.parse(arguments());
  } catch (const CLI::ParseError& problem) {
    return arc_identity_cli::explain(app, problem);
  }
  return token->parsed() ? run_token(token_options) : run_metadata(metadata_options);
}
