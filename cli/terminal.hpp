// SPDX-License-Identifier: MIT
//
// Properties of the terminal that a stream is connected to.

#ifndef ARC_IDENTITY_CLI_TERMINAL_HPP
#define ARC_IDENTITY_CLI_TERMINAL_HPP

#include <cstddef>
#include <cstdio>

namespace arc_identity_cli {

bool is_terminal(std::FILE* stream);

struct text_style {
  std::size_t width = 0;  ///< lines are wrapped at this column; 0: not wrapped
  bool has_colour = false;
};

/// The terminal's width, or 80 if it is unknown, and colour unless NO_COLOR is set or TERM is
/// "dumb". Neither if standard output is not a terminal.
text_style standard_output_style();

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_TERMINAL_HPP
