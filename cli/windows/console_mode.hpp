// SPDX-License-Identifier: MIT

#ifndef ARC_IDENTITY_CLI_WINDOWS_CONSOLE_MODE_HPP
#define ARC_IDENTITY_CLI_WINDOWS_CONSOLE_MODE_HPP

namespace arc_identity_cli {

/// Makes the console use UTF-8 and the escape sequence that clears a line, until the program ends.
/// The previous mode is restored then, also after Ctrl+C.
void set_console_mode();

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_WINDOWS_CONSOLE_MODE_HPP
