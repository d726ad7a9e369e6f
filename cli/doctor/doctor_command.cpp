// SPDX-License-Identifier: MIT

#include "doctor/doctor_command.hpp"

#include <cstdio>
#include <string>
#include <vector>

#include "doctor/doctor_checks.hpp"
#include "doctor/doctor_finding.hpp"
#include "terminal.hpp"

namespace arc_identity_cli {

int run_doctor(const doctor_command_options& options) {
  const std::vector<finding> findings = examine(options.here);
  const bool as_json = options.format == doctor_format::json;
  const std::string report =
      as_json ? json_report(findings) : text_report(findings, standard_output_style());
  if (std::fputs(report.c_str(), stdout) < 0 || std::fflush(stdout) != 0) {
    std::fprintf(stderr, "arc-identity: cannot write the report to standard output\n");
    return exit_failed;
  }
  return verdict_of(findings).exit_code;
}

}  // namespace arc_identity_cli
