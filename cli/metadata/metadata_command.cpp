// SPDX-License-Identifier: MIT

#include "metadata/metadata_command.hpp"

#include <cstdio>
#include <string>
#include <string_view>

#include <arc_identity/core/json/path.hpp>
#include <arc_identity/instance_metadata.hpp>
#include <arc_identity/system/client.hpp>

#include "complain.hpp"
#include "exit_code.hpp"
#include "long_wait.hpp"
#include "terminal_text.hpp"

namespace arc_identity_cli {
namespace {

namespace json = arc_identity::json;

/// A value as text without control characters.
std::string format(const json::value& value) {
  if (value.kind != json::kind::string) return with_controls_escaped(value.text);
  std::string text(value.text);
  return without_controls(json::unescape(arc_identity::mutable_buffer(text)));
}

arc_identity::result<arc_identity::instance_metadata> get_metadata(
    const metadata_command_options& options, arc_identity::mutable_buffer space) {
  arc_identity::options settings = settings_of(options);
  const long_wait wait(options, settings);
  arc_identity::client client(settings);
  return client.get_instance_metadata(space);
}

int print(const std::string& text) {
  if (std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0) return exit_done;
  std::fprintf(stderr, "arc-identity: cannot write the metadata to standard output\n");
  return exit_failed;
}

}  // namespace

int run_metadata(const metadata_command_options& options) {
  static char workspace[192 * 1024];  // Twice the longest body, and the header.
  const auto metadata = get_metadata(options, workspace);
  if (!metadata) return complain(metadata.error());
  const json::value found = json::find(metadata->json(), options.path);
  if (found.kind == json::kind::absent) {
    std::fprintf(stderr,
                 "arc-identity: the metadata has no %s. Without PATH, all of it is printed\n",
                 without_controls(options.path).c_str());
    return exit_failed;
  }
  return print(format(found) + '\n');
}

}  // namespace arc_identity_cli
