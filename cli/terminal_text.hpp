// SPDX-License-Identifier: MIT
//
// Makes texts from elsewhere safe to show on a terminal, which obeys control characters.

#ifndef ARC_IDENTITY_CLI_TERMINAL_TEXT_HPP
#define ARC_IDENTITY_CLI_TERMINAL_TEXT_HPP

#include <cstddef>
#include <string>
#include <string_view>

namespace arc_identity_cli {

/// UTF-8 with a '?' for each control character: C0, DEL and C1.
std::string without_controls(std::string_view utf8);

/// Wraps `text` before column `width` and indents all lines but the first, which begins in column
/// `indent`. A width of 0 leaves the text in one line.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width);

/// Escapes control characters in the strings of valid JSON; the meaning is unchanged.
std::string with_controls_escaped(std::string_view json);

/// `text` as a JSON string (RFC 8259, 7), with controls escaped. Bytes that are not UTF-8 become
/// U+FFFD.
std::string json_text(std::string_view text);

/// `text` with a '?' for each byte that is not printable ASCII.
std::string printable_ascii(std::string_view text);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_TERMINAL_TEXT_HPP
