// SPDX-License-Identifier: MIT
//
// `arc-identity doctor`: says why this user gets no token here, and what to do. Its arguments, its
// checks and its report are in files of their own.

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

/// Declares the arguments on the subcommand `doctor`. Parsing writes to options, which have to live
/// until then.
void add_doctor_options(CLI::App& doctor, doctor_command_options& options);

/// Prints the report on standard output; gives the exit code: 0 all well, 1 a problem, 2 an
/// endpoint that is none, 3 not an Arc machine, 4 no access to the key.
int run_doctor(const doctor_command_options& options);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_DOCTOR_COMMAND_HPP
