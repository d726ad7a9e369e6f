// SPDX-License-Identifier: MIT

#ifndef ARC_IDENTITY_CLI_WINDOWS_CONSOLE_MODE_HPP
#define ARC_IDENTITY_CLI_WINDOWS_CONSOLE_MODE_HPP

namespace arc_identity_cli {

/// Makes a console show UTF-8, and take the escape sequence that clears a line, until the program
/// ends. The shell finds its console as it was, also if Ctrl+C ends the program.
void set_console_mode();

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_WINDOWS_CONSOLE_MODE_HPP
