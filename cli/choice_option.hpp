// SPDX-License-Identifier: MIT
//
// An option that takes one of a few names and nothing else (not the number of an enumerator).

#ifndef ARC_IDENTITY_CLI_CHOICE_OPTION_HPP
#define ARC_IDENTITY_CLI_CHOICE_OPTION_HPP

#include <map>
#include <string>

#include <CLI/CLI.hpp>

namespace arc_identity_cli {

/// `target` is the choice, or an optional of it.
template <class Choice, class Target>
CLI::Option* add_choice_option(CLI::App& command, const char* name, Target& target,
                               const std::map<std::string, Choice>& choices, const char* help) {
  std::string values;
  for (const auto& [value, choice] : choices) values += (values.empty() ? "" : "|") + value;
  const auto check = [choices, values](const std::string& given) {
    return choices.count(given) != 0 ? "" : "must be one of " + values + ", not '" + given + '\'';
  };
  const auto store = [choices, &target](const std::string& given) { target = choices.at(given); };
  return command.add_option_function<std::string>(name, store, help)
      ->check(CLI::Validator(check, values));
}

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_CHOICE_OPTION_HPP
