// SPDX-License-Identifier: MIT

#include "terminal_text.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>

#include <arc_identity/core/json/scanner.hpp>

namespace arc_identity_cli {
namespace {

/// The length of the non-ASCII UTF-8 sequence at the beginning of `text`; 0 if there is none.
std::size_t utf8_length(std::string_view text) {
  arc_identity::detail::json_scanner scanner(text);
  return scanner.read_char() < 0 ? 0 : static_cast<std::size_t>(scanner.at - text.data());
}

/// The size of the control character at the beginning of `text`: 1 for C0, DEL or a byte that is
/// not UTF-8, 2 for C1 (U+0080 to U+009F); 0 if it is not a control character.
std::size_t control_size(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x20 || byte(0) == 0x7f) return 1;
  if (byte(0) < 0x80) return 0;
  if (utf8_length(text) == 0) return 1;
  return byte(0) == 0xc2 && byte(1) < 0xa0 ? 2 : 0;
}

/// The size in bytes of the UTF-8 character at the beginning of `text`.
std::size_t character_size(std::string_view text) {
  const bool is_ascii = static_cast<unsigned char>(text.front()) < 0x80;
  return is_ascii ? 1 : utf8_length(text);
}

/// Passes each control character to `replace`, and copies all others.
template <class Replace>
std::string with_controls(std::string_view text, Replace replace) {
  std::string out;
  while (!text.empty()) {
    const std::size_t control = control_size(text);
    const std::size_t size = control != 0 ? control : character_size(text);
    const std::string_view part = text.substr(0, size);
    if (control != 0) {
      out += replace(part);
    } else {
      out += part;
    }
    text.remove_prefix(size);
  }
  return out;
}

/// The escape for a control character, whose last byte is its code.
std::string json_escape(std::string_view control) {
  char escape[7];
  std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned char>(control.back()));
  return escape;
}

/// The number of characters in a UTF-8 text.
std::size_t columns_of(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

}  // namespace

std::string without_controls(std::string_view utf8) {
  return with_controls(utf8, [](std::string_view) { return "?"; });
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  if (width == 0) return std::string(text);
  std::string lines;
  std::size_t column = indent;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    const std::size_t size = columns_of(word);
    if (column != indent) {  // Not the first word of its line.
      const bool fits = column + 1 + size <= width;
      lines += fits ? " " : '\n' + std::string(indent, ' ');
      column = fits ? column + 1 : indent;
    }
    lines += word;
    column += size;
  }
  return lines;
}

std::string with_controls_escaped(std::string_view json) {
  return with_controls(json, [](std::string_view control) {
    const bool is_between_values = static_cast<unsigned char>(control.back()) < 0x20;
    return is_between_values ? std::string(control) : json_escape(control);
  });
}

std::string json_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out = with_controls(out, [](std::string_view part) {
    const bool is_utf8 = part.size() == 2 || static_cast<unsigned char>(part.front()) < 0x80;
    return is_utf8 ? json_escape(part) : "\\ufffd";
  });
  return '"' + out + '"';
}

std::string printable_ascii(std::string_view text) {
  std::string clean(text);
  std::replace_if(
      clean.begin(), clean.end(), [](char c) { return c < 0x20 || c > 0x7e; }, '?');
  return clean;
}

}  // namespace arc_identity_cli
