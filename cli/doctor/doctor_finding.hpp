// SPDX-License-Identifier: MIT
//
// What a check of `arc-identity doctor` comes to, and the verdict over all of them.

#ifndef ARC_IDENTITY_CLI_DOCTOR_FINDING_HPP
#define ARC_IDENTITY_CLI_DOCTOR_FINDING_HPP

#include <string>
#include <vector>

#include "exit_code.hpp"
#include "terminal.hpp"

namespace arc_identity_cli {

enum class finding_status {
  ok,
  note,     ///< Worth knowing; or it could not be checked.
  problem,  ///< Stands between this user and a token.
};

struct finding {
  const char* name;
  finding_status status;
  std::string found;            ///< Never a secret. May hold what others say, controls included.
  std::string advice;           ///< What to do; empty where there is nothing.
  int exit_code = exit_failed;  ///< Of a problem: what the program ends with because of it.
};

struct verdict {
  std::string text;  ///< One line.
  int exit_code;
};

/// The first problem is named: those after it may come of it.
verdict verdict_of(const std::vector<finding>& findings);

/// For people: each finding with its advice below it, the verdict last. Advice that was given
/// before is not repeated.
std::string text_report(const std::vector<finding>& findings, const text_style& style = {});

/// For tickets and programs: an object on one line.
std::string json_report(const std::vector<finding>& findings);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_DOCTOR_FINDING_HPP
