// SPDX-License-Identifier: MIT
//
// What the main functions of all programs have in common: a table of commands, one of which is run.

#ifndef ARC_IDENTITY_CLI_COMMAND_TABLE_HPP
#define ARC_IDENTITY_CLI_COMMAND_TABLE_HPP

#include <cstddef>

namespace CLI {
class App;
}

namespace arc_identity_cli {

struct command {
  const char* name = nullptr;
  const char* help = nullptr;
  void (*declare)(CLI::App& app) = nullptr;
  int (*run)(char** arguments) =
      nullptr;                ///< Returns the exit code. `arguments` are the program's.
  bool is_companion = false;  ///< It is in another program, which parses the arguments.
};

template <class Options>
Options& parsed_options() {
  static Options options;
  return options;
}

template <class Options, void (*Add)(CLI::App&, Options&)>
void declare_options(CLI::App& app) {
  Add(app, parsed_options<Options>());
}

/// A command of this program: `Add` declares its options, `Run` gets them.
template <class Options, void (*Add)(CLI::App&, Options&), int (*Run)(const Options&)>
constexpr command make_command(const char* name, const char* help) {
  return {name, help, declare_options<Options, Add>,
          [](char**) { return Run(parsed_options<Options>()); }};
}

/// Runs the command that the arguments name, or explains what is wrong with them. Returns the exit
/// code.
int run_program(const char* description, const command* commands, std::size_t count, int argc,
                char** argv);

template <std::size_t Count>
int run_program(const char* description, const command (&commands)[Count], int argc, char** argv) {
  return run_program(description, commands, Count, argc, argv);
}

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_COMMAND_TABLE_HPP
