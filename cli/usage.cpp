// SPDX-License-Identifier: MIT

#include "usage.hpp"

#include <cstdio>
#include <sstream>

#include <CLI/CLI.hpp>

#include "exit_code.hpp"

namespace arc_identity_cli {
namespace {

class formatter : public CLI::Formatter {
 public:
  std::string make_option_opts(const CLI::Option* option) const override {
    std::string text = placeholder_of(*option);
    if (!text.empty()) text.insert(0, 1, ' ');
    if (option->get_required()) text += " (required)";
    for (const CLI::Option* needed : option->get_needs())
      text += " (with " + needed->get_name() + ')';
    return text;
  }

  std::string make_option_usage(const CLI::Option* option) const override {
    return '[' + option->get_name(true) + (option->get_expected_max() > 1 ? "...]" : "]");
  }
};

}  // namespace

std::shared_ptr<CLI::FormatterBase> usage_formatter() { return std::make_shared<formatter>(); }

int explain(const CLI::App& app, const CLI::ParseError& problem) {
  std::ostringstream help;
  std::ostringstream complaint;
  const int code = app.exit(problem, help, complaint);
  for (const char c : complaint.str())
    std::fputc(c == '\n' || (c >= ' ' && c <= '~') ? c : '?', stderr);
  if (code != 0) return exit_usage;
  std::fputs(help.str().c_str(), stdout);
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return exit_done;
  std::fprintf(stderr, "arc-identity: this cannot be written to standard output\n");
  return exit_failed;
}

// CLI11 has "TYPE:CHECK" there, where TYPE is a word of its own unless we have said one.
std::string placeholder_of(const CLI::Option& option) {
  if (option.get_type_size() == 0 || option.get_positional()) return "";
  const std::string text = option.get_type_name();
  const std::size_t colon = text.find(':');
  const std::string type = text.substr(0, colon);
  const bool is_own = type != "TEXT" && type != "INT" && type != "UINT" && type != "FLOAT";
  return is_own || colon == std::string::npos ? type : text.substr(colon + 1);
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
