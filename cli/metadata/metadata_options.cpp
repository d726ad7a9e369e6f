// SPDX-License-Identifier: MIT

#include "metadata/metadata_options.hpp"

#include <CLI/CLI.hpp>

#include "metadata/metadata_command.hpp"

namespace arc_identity_cli {

void add_metadata_options(CLI::App& metadata, metadata_command_options& options) {
  metadata
      .add_option("PATH", options.path,
                  "Member to print, such as compute.location or compute.tagsList[0].value [all]")
      ->type_name("");
  add_connection_options(metadata, options);
  metadata.footer(
      "Example:\n"
      "  arc-identity metadata compute.location");
}

}  // namespace arc_identity_cli
