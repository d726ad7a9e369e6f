// SPDX-License-Identifier: MIT

#include "usage.hpp"

#include <CLI/CLI.hpp>

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
