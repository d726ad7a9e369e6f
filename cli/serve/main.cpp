// SPDX-License-Identifier: MIT
//
// The program `arc-identity-serve`, which `arc-identity` executes for its command `serve`. It alone
// is linked to libmicrohttpd.

#include "command_table.hpp"
#include "companion_program.hpp"
#include "program_start.hpp"
#include "serve/serve_command.hpp"
#include "serve/serve_options.hpp"

namespace arc_identity_cli {
namespace {

constexpr command commands[] = {make_command<serve_command_options, add_serve_options, run_serve>(
    serve_command.name, serve_command.help)};

}  // namespace
}  // namespace arc_identity_cli

// NOLINTNEXTLINE(bugprone-exception-escape): only lack of memory, or a bug, throws here.
int main(int argc, char** argv) {
  using namespace arc_identity_cli;
  occupy_standard_handles();
  drop_untrusted_variables();
  return run_program("Serve this machine's tokens over other protocols", commands, argc, argv);
}
