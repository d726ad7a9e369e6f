// SPDX-License-Identifier: MIT
//
// How the program's arguments are shown to people: names and placeholders, without CLI11's own
// types and checks, and what is wrong with those that were given.

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

/// For --help; a subcommand that is added afterwards has it, too.
std::shared_ptr<CLI::FormatterBase> usage_formatter();

/// Prints what parsing has ended with: help or version, which are no failure unless they cannot be
/// written, or wrong usage. Arguments that are quoted may hold anything. Returns the exit code.
int explain(const CLI::App& app, const CLI::ParseError& problem);

/// What stands for the option's value, such as URL or raw|json|header; empty for a flag.
std::string placeholder_of(const CLI::Option& option);

/// " (with --other)" for an option that needs another one.
std::string needs_of(const CLI::Option& option);

/// How an argument without a name of its own is shown after the command: NAME, [PATH] or
/// [-- COMMAND...].
std::string positional_usage(const CLI::Option& option);

/// All options of a command that are not hidden, those of its groups included.
std::vector<const CLI::Option*> options_of(const CLI::App& command);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_USAGE_HPP
