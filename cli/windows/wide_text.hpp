// SPDX-License-Identifier: MIT
//
// Conversion between UTF-8, used inside the program, and the UTF-16 of Windows.

#ifndef ARC_IDENTITY_CLI_WINDOWS_WIDE_TEXT_HPP
#define ARC_IDENTITY_CLI_WINDOWS_WIDE_TEXT_HPP

#include <string>
#include <string_view>

namespace arc_identity_cli {

/// Invalid Unicode, which Windows allows in file names, is replaced.
std::string to_utf8(std::wstring_view text);
std::wstring to_utf16(std::string_view text);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_WINDOWS_WIDE_TEXT_HPP
