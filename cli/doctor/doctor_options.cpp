// SPDX-License-Identifier: MIT

#include <CLI/CLI.hpp>

#include "agent_options.hpp"
#include "choice_option.hpp"
#include "doctor/doctor_command.hpp"

namespace arc_identity_cli {

void add_doctor_options(CLI::App& doctor, doctor_command_options& options) {
  doctor_surroundings& here = options.here;
  add_choice_option<doctor_format>(
      doctor, "--format", options.format,
      {{"text", doctor_format::text}, {"json", doctor_format::json}},
      "json is for tickets and programs; neither format has secrets [text]");
  doctor
      .add_option("--resource", here.resource,
                  "Resource to request a token for [https://management.azure.com]")
      ->check(CLI::Validator(check_not_empty, "URL"));
  add_identity_options(doctor, here);
  doctor.add_option("--endpoint", here.endpoint, "URL of the agent's token endpoint [discovered]")
      ->check(CLI::Validator(check_endpoint, "URL"));
  doctor
      .add_option("--key-directory", here.key_directory,
                  "The only directory to read key files from [the agent's]")
      ->check(CLI::Validator(check_absolute, "DIR"));
  add_seconds_option(doctor, "--timeout", here.timeout,
                     "Time limit of each request in seconds, 0.001 to 86400 [10]");
  doctor.footer(
      "Example:\n"
      "  arc-identity doctor --format json");
}

}  // namespace arc_identity_cli
