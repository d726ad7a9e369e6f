// SPDX-License-Identifier: MIT

#include "command_table.hpp"

#include <algorithm>
#include <string>

#include <CLI/CLI.hpp>

#include <arc_identity/version.hpp>

#include "generate.hpp"
#include "usage.hpp"

namespace arc_identity_cli {

int run_program(const char* description, const command* commands, std::size_t count, int argc,
                char** argv) {
  const command* const end = commands + count;
  const auto find = [&](const std::string& name) {
    return std::find_if(commands, end, [&](const command& each) { return name == each.name; });
  };
  const command* const named = find(argc > 1 ? argv[1] : "");
  if (named != end && named->is_companion) return named->run(argv);

  CLI::App app(description, "arc-identity");
  app.set_version_flag("--version", "arc-identity " ARC_IDENTITY_VERSION);
  app.require_subcommand(1);
  app.allow_windows_style_options(false);  // the same on all systems
  app.formatter(usage_formatter());
  // Declaring an option costs more than parsing it, and a script may get its tokens in a loop. So
  // if a command is named, only its options are declared; those of all commands only for --help and
  // the like.
  for (const command* each = commands; each != end; ++each) {
    if (named == end || named == each) {
      each->declare(*app.add_subcommand(each->name, each->help)->group("Commands"));
    }
  }
  if (named == end) add_generate_option(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    return explain(app, problem);
  }
  return find(app.get_subcommands().front()->get_name())->run(argv);
}

}  // namespace arc_identity_cli
