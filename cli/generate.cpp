// SPDX-License-Identifier: MIT

#include "generate.hpp"

#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>

#include "completions.hpp"
#include "manual_page.hpp"

namespace arc_identity_cli {

void add_generate_option(CLI::App& program) {
  const auto print = [&program](const std::string& what) {
    const std::string text = what == "bash"  ? bash_completion(program)
                             : what == "zsh" ? zsh_completion(program)
                                             : manual_page(program);
    std::fputs(text.c_str(), stdout);
    throw CLI::Success();
  };
  program.add_option_function<std::string>("--generate", print)
      ->check(CLI::IsMember({"bash", "zsh", "man"}))
      ->group("");
}

}  // namespace arc_identity_cli
