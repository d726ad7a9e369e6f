// SPDX-License-Identifier: MIT

#include "usage.hpp"

#include <algorithm>
#include <cstdio>
#include <sstream>
#include <string_view>

#include <CLI/CLI.hpp>

#include "exit_code.hpp"
#include "nearest.hpp"
#include "terminal_text.hpp"

namespace arc_identity_cli {
namespace {

class formatter : public CLI::Formatter {
 public:
  formatter() {
    label("Positionals", "Arguments");
    label("SUBCOMMAND", "COMMAND");
    label("Subcommands", "Commands");
  }

  std::string make_usage(const CLI::App* app, std::string name) const override {
    std::string required;
    for (const CLI::Option* option : app->get_options()) {
      if (!option->get_required() || option->get_positional()) continue;
      required += ' ' + option->get_name() + make_option_opts(option);
    }
    return CLI::Formatter::make_usage(app, name + required);
  }

  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    const std::string names = make_option_name(option, is_positional) + make_option_opts(option);
    return entry(names, make_option_desc(option));
  }

  std::string make_subcommand(const CLI::App* command) const override {
    return entry(command->get_name(), command->get_description());
  }

  /// A group of options, at most one of which can be given.
  std::string make_expanded(const CLI::App* group) const override {
    return '\n' + group->get_description() + ":\n" +
           options_text(group->get_options(
               [group](const CLI::Option* option) { return option != group->get_help_ptr(); }));
  }

  std::string make_option_opts(const CLI::Option* option) const override {
    const std::string placeholder = placeholder_of(*option);
    return (placeholder.empty() ? "" : ' ' + placeholder) + needs_of(*option);
  }

  std::string make_option_usage(const CLI::Option* option) const override {
    return positional_usage(*option);
  }

 private:
  static std::string entry(const std::string& names, const std::string& description) {
    constexpr std::size_t indent = 28;
    const std::string head = "  " + names;
    const bool fits = head.size() + 2 <= indent;
    return head +
           (fits ? std::string(indent - head.size(), ' ') : '\n' + std::string(indent, ' ')) +
           wrapped(description, indent, 80) + '\n';
  }

  std::string options_text(const std::vector<const CLI::Option*>& options) const {
    std::string text;
    for (const CLI::Option* option : options) text += make_option(option, false);
    return text;
  }
};

/// Printable ASCII of limited length.
std::string quoted(const std::string& argument) {
  constexpr std::size_t longest = 120;
  std::string text = argument.substr(0, longest);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return '\'' + text + (argument.size() > longest ? "...'" : "'");
}

/// The program, or the command that was given.
const CLI::App& chosen_command(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? app : *chosen.front();
}

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : options_of(command)) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : commands_of(app)) names.push_back(command->get_name());
  return names;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string explain_option(const CLI::App& app, const std::string& given) {
  const std::string name = given.substr(0, given.find('='));  // The value may be a secret.
  const CLI::App& command = chosen_command(app);
  const std::string meant = nearest(name, option_names(command));
  if (meant == name) {
    return quoted(name) + " must follow the command: arc-identity " + command.get_name() + ' ' +
           name;
  }
  return "unknown option " + quoted(name) +
         (meant.empty() ? "" : ". Did you mean '" + meant + "'?");
}

std::string explain_command(const CLI::App& app, const std::string& given) {
  const std::vector<std::string> known = command_names(app);
  std::vector<std::string> words = known;
  for (const std::string& option : option_names(app)) words.push_back(option);
  const std::string meant = nearest(given, words);
  return "unknown command " + quoted(given) +
         (meant.empty() ? ". The commands are " + joined(known)
                        : ". Did you mean '" + meant + "'?");
}

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// CLI11's message, reworded where it reads badly.
std::string explain_problem(const CLI::App& app, const std::string& message) {
  if (app.get_subcommands().empty()) {
    return "no command given. The commands are " + joined(command_names(app));
  }
  const std::size_t colon = message.find(':');
  const std::string option = message.substr(0, colon);
  if (ends_with(message, " missing")) return option + " needs a value";
  if (colon != std::string::npos && message.find(": At Most 1 ") == colon) {
    return option + " is given more than once";
  }
  const std::string value = ": Value ";  // NAME: Value GIVEN not in range LEAST to MOST
  const std::string range = " not in range ";
  const std::size_t at = message.rfind(range);
  if (colon != std::string::npos && message.compare(colon, value.size(), value) == 0 &&
      at != std::string::npos) {
    const std::size_t given = colon + value.size();
    return option + ": must be from " + message.substr(at + range.size()) + ", not '" +
           message.substr(given, at - given) + '\'';
  }
  const std::string conversion = "Could not convert: ";  // --flag = GIVEN
  if (message.compare(0, conversion.size(), conversion) == 0) {
    return message.substr(conversion.size(),
                          message.find(' ', conversion.size()) - conversion.size()) +
           " takes no value";
  }
  const std::string conflict = "Requires at most 1 options be given from [";  // --a,--b]
  if (message.compare(0, conflict.size(), conflict) != 0) return message;
  const std::string names = message.substr(conflict.size(), message.size() - conflict.size() - 1);
  return "use only one of " + joined(CLI::detail::split(names, ','));
}

/// An argument that was not understood is reported before what is missing because of it.
std::string complaint(const CLI::App& app, const CLI::ParseError& problem) {
  std::vector<std::string> extras = app.remaining(true);
  extras.erase(std::remove(extras.begin(), extras.end(), "--"), extras.end());
  if (extras.empty()) return explain_problem(app, problem.what());
  const std::string& first = extras.front();
  if (first.size() > 1 && first.front() == '-') return explain_option(app, first);
  if (app.get_subcommands().empty()) return explain_command(app, first);
  const bool is_missing = problem.get_name() == "RequiredError";
  return "unexpected argument " + quoted(first) +
         (is_missing ? std::string("; ") + problem.what() : "");
}

}  // namespace

std::shared_ptr<CLI::FormatterBase> usage_formatter() { return std::make_shared<formatter>(); }

int explain(const CLI::App& app, const CLI::ParseError& problem) {
  if (problem.get_exit_code() != 0) {
    std::string text = complaint(app, problem);
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, ' ');
    if (text.back() != '?' && text.back() != '.') text += '.';
    const CLI::App& command = chosen_command(app);
    const std::string name = &command == &app ? "" : ' ' + command.get_name();
    std::fprintf(stderr, "arc-identity: %s See arc-identity%s --help\n", text.c_str(),
                 name.c_str());
    return exit_usage;
  }
  std::ostringstream help;
  app.exit(problem, help, help);
  std::fputs(help.str().c_str(), stdout);
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return exit_done;
  std::fprintf(stderr, "arc-identity: cannot write to standard output\n");
  return exit_failed;
}

// CLI11 has "TYPE:CHECK" here; TYPE is CLI11's unless we set one.
std::string placeholder_of(const CLI::Option& option) {
  if (option.get_type_size() == 0 || option.get_positional()) return "";
  const std::string text = option.get_type_name();
  const std::size_t colon = text.find(':');
  const std::string type = text.substr(0, colon);
  const bool is_own = type != "TEXT" && type != "INT" && type != "UINT" && type != "FLOAT";
  return is_own || colon == std::string::npos ? type : text.substr(colon + 1);
}

std::string needs_of(const CLI::Option& option) {
  std::string text;
  for (const CLI::Option* needed : option.get_needs()) text += " (with " + needed->get_name() + ')';
  return text;
}

std::string positional_usage(const CLI::Option& option) {
  const std::string name = option.get_name(true);
  const std::string usage = option.get_expected_max() > 1 ? "-- " + name + "..." : name;
  return option.get_required() ? usage : '[' + usage + ']';
}

std::vector<const CLI::App*> commands_of(const CLI::App& program) {
  return program.get_subcommands(
      [](const CLI::App* command) { return !command->get_name().empty(); });
}

std::vector<const CLI::Option*> options_of(const CLI::App& command) {
  std::vector<const CLI::Option*> found;
  const auto add = [&found](const CLI::App& owner, const CLI::Option* but) {
    for (const CLI::Option* option : owner.get_options()) {
      if (!option->get_group().empty() && option != but) found.push_back(option);
    }
  };
  add(command, nullptr);
  for (const CLI::App* group : command.get_subcommands({})) {
    if (group->get_name().empty()) add(*group, group->get_help_ptr());
  }
  return found;
}

}  // namespace arc_identity_cli
