// SPDX-License-Identifier: MIT
//
// `arc-identity doctor`: diagnoses why this user cannot get a token, and says what to do.
// Arguments, checks and report are in separate files.

#ifndef ARC_IDENTITY_CLI_DOCTOR_COMMAND_HPP
#define ARC_IDENTITY_CLI_DOCTOR_COMMAND_HPP

#include "doctor/doctor_surroundings.hpp"

namespace CLI {
class App;
}

namespace arc_identity_cli {

enum class doctor_format { text, json };

struct doctor_command_options {
  doctor_surroundings here;
  doctor_format format = doctor_format::text;
};

/// Declares the arguments on the subcommand `doctor`. Parsing writes to `options`, which must stay
/// alive until then.
void add_doctor_options(CLI::App& doctor, doctor_command_options& options);

/// Prints the report on standard output and returns the exit code: 0 no problem, 1 a problem, 2 an
/// invalid endpoint, 3 not an Arc machine, 4 no access to the key.
int run_doctor(const doctor_command_options& options);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_DOCTOR_COMMAND_HPP
