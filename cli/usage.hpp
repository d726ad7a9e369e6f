// SPDX-License-Identifier: MIT
//
// How the program's arguments are shown to users: names and placeholders, without CLI11's types and
// checks, and what is wrong with those that were given.

#ifndef ARC_IDENTITY_CLI_USAGE_HPP
#define ARC_IDENTITY_CLI_USAGE_HPP

#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
class FormatterBase;
class Option;
class ParseError;
}  // namespace CLI

namespace arc_identity_cli {

/// For --help; subcommands added afterwards inherit it.
std::shared_ptr<CLI::FormatterBase> usage_formatter();

/// Prints help, the version or what is wrong with the arguments, depending on how parsing ended.
/// Arguments are made printable where they are quoted. Returns the exit code.
int explain(const CLI::App& app, const CLI::ParseError& problem);

/// The placeholder for the option's value, such as URL or raw|json|header; empty for a flag.
std::string placeholder_of(const CLI::Option& option);

/// " (with --other)" for an option that requires another one.
std::string needs_of(const CLI::Option& option);

/// How a positional argument is shown after the command: NAME, [PATH] or [-- COMMAND...].
std::string positional_usage(const CLI::Option& option);

/// All commands of the program.
std::vector<const CLI::App*> commands_of(const CLI::App& program);

/// All options of a command that are not hidden, including those of its groups.
std::vector<const CLI::Option*> options_of(const CLI::App& command);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_USAGE_HPP
