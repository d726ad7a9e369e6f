// SPDX-License-Identifier: MIT
//
// The result of a check of `arc-identity doctor`, and the verdict over all of them.

#ifndef ARC_IDENTITY_CLI_DOCTOR_FINDING_HPP
#define ARC_IDENTITY_CLI_DOCTOR_FINDING_HPP

#include <string>
#include <vector>

#include "exit_code.hpp"
#include "terminal.hpp"

namespace arc_identity_cli {

enum class finding_status {
  ok,
  note,     ///< Worth knowing, or not checked.
  problem,  ///< Prevents this user from getting a token.
};

struct finding {
  const char* name;
  finding_status status;
  std::string found;            ///< No secret. May quote other texts, with control characters.
  std::string advice;           ///< What to do; may be empty.
  int exit_code = exit_failed;  ///< The program's exit code if this is the first problem.
};

struct verdict {
  std::string text;  ///< One line.
  int exit_code;
};

/// Names the first problem, because it may cause the others.
verdict verdict_of(const std::vector<finding>& findings);

/// For people: each finding with its advice below it, and the verdict last. Advice is not repeated.
std::string text_report(const std::vector<finding>& findings, const text_style& style = {});

/// For tickets and programs: a JSON object on one line.
std::string json_report(const std::vector<finding>& findings);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_DOCTOR_FINDING_HPP
