// SPDX-License-Identifier: MIT
/// Reads JSON strictly (RFC 8259): one value after another, without recursion or allocation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/detail/cursor.hpp>

ARC_IDENTITY_BEGIN
namespace json {

/// The kinds of values; `absent` means no value.
enum class kind : std::uint8_t { absent, null, boolean, number, string, array, object };

/// A value that was found.
struct value {
  std::string_view text{};  ///< All of it; of a string, what is between its quotes: see `unescape`.
  json::kind kind = json::kind::absent;  ///< `absent` where it was not found.
  bool repeated = false;                 ///< The member is given more than once; this is the last.
};

/// The maximum nesting of arrays and objects.
inline constexpr std::size_t max_depth = 512;

}  // namespace json

namespace detail {

struct json_scanner : cursor {
  using cursor::cursor;

  void skip_space() noexcept {
    while (at != end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) ++at;
  }

  /// A string, from quote to quote.
  ARC_IDENTITY_NOINLINE bool skip_string() noexcept {
    if (!skip('"')) return false;
    for (;;) {
      skip_plain();
      if (skip('"')) return true;
      if (read_char() < 0) return false;
    }
  }

  /// One character of a string, escaped or not: its code point, or -1 if malformed.
  ARC_IDENTITY_NOINLINE std::int32_t read_char() noexcept {
    if (at == end) return -1;
    const auto first = static_cast<unsigned char>(*at++);
    if (first == '\\') return read_escape();
    if (first < 0x80) return first < 0x20 ? -1 : first;
    return read_utf8(first);
  }

  /// A member's name and its colon. `name` is what is between the quotes.
  bool take_name(cursor& name) noexcept {
    skip_space();
    name.at = at + 1;
    if (!skip_string()) return false;
    name.end = at - 1;
    skip_space();
    return skip(':');
  }

  /// One value with its contents, nested at most `limit` deep; the cursor is at its first
  /// character.
  ARC_IDENTITY_NOINLINE json::kind skip_value(std::size_t limit = json::max_depth) noexcept {
    std::uint8_t is_object[json::max_depth / 8];  // A bit for each level.
    std::size_t depth = 0;
    const json::kind outermost = skip_scalar_or_bracket();
    for (json::kind found = outermost;; found = skip_scalar_or_bracket()) {
      if (found == json::kind::absent) return found;
      bool is_first = found >= json::kind::array;  // The container is still empty.
      if (is_first) {
        if (depth == limit) return json::kind::absent;
        const auto bit = static_cast<std::uint8_t>(1U << depth % 8);
        std::uint8_t& bits = is_object[depth / 8];
        if (depth % 8 == 0) bits = 0;
        bits = static_cast<std::uint8_t>(found == json::kind::object ? bits | bit : bits & ~bit);
        ++depth;
      }
      for (;; is_first = false) {
        if (depth == 0) return outermost;
        skip_space();
        const std::size_t level = depth - 1;
        const bool in_object = (is_object[level / 8] >> level % 8 & 1) != 0;
        if (!skip(in_object ? '}' : ']')) {
          cursor name;
          if (!is_first && !skip(',')) return json::kind::absent;
          if (in_object && !take_name(name)) return json::kind::absent;
          break;
        }
        --depth;
      }
      skip_space();
    }
  }

  /// A scalar, or the bracket that opens a container.
  json::kind skip_scalar_or_bracket() noexcept {
    if (at == end) return json::kind::absent;
    switch (*at) {
      case '{': ++at; return json::kind::object;
      case '[': ++at; return json::kind::array;
      case '"': return skip_string() ? json::kind::string : json::kind::absent;
      case 't': return skip_word("true") ? json::kind::boolean : json::kind::absent;
      case 'f': return skip_word("false") ? json::kind::boolean : json::kind::absent;
      case 'n': return skip_word("null") ? json::kind::null : json::kind::absent;
      default: return skip_number() ? json::kind::number : json::kind::absent;
    }
  }

  bool skip_word(const char* word) noexcept {
    for (; *word != '\0'; ++word) {
      if (!skip(*word)) return false;
    }
    return true;
  }

  /// [ minus ] int [ frac ] [ exp ] (RFC 8259, 6).
  bool skip_number() noexcept {
    skip('-');
    if (!skip('0') && !skip_digits()) return false;
    if (skip('.') && !skip_digits()) return false;
    if (!skip('e') && !skip('E')) return true;
    if (!skip('+')) skip('-');
    return skip_digits();
  }

  bool skip_digits() noexcept {
    const char* const begin = at;
    while (at != end && is_digit(*at)) ++at;
    return at != begin;
  }

  /// Whether a byte is not printable ASCII, or is a quote or a backslash.
  static bool has_special(word64 bytes) noexcept {
    const word64 quotes = bytes ^ eight_of('"');
    const word64 backslashes = bytes ^ eight_of('\\');
    // A byte's high bit is set where it is 0x80 or more, less than ' ', a quote, a backslash, or
    // follows such a byte.
    const word64 special =
        bytes | (bytes - eight_of(' ')) | (quotes - eight_of(1)) | (backslashes - eight_of(1));
    return (special & eight_of('\x80')) != 0;
  }

  /// Most of a string: printable ASCII except quotes and backslashes. Only for speed.
  void skip_plain() noexcept {
#if !ARC_IDENTITY_PREFERS_SIZE
    const char* c = at;
    const char* const last = end_of_words();
    while (c != last && !has_special(load_word(c))) c += sizeof(word64);
    while (c != end && *c >= ' ' && *c < 0x7f && *c != '"' && *c != '\\') ++c;
    at = c;
#endif
  }

  /// What follows a backslash (RFC 8259, 7).
  std::int32_t read_escape() noexcept {
    if (at == end) return -1;
    const char c = *at++;
    if (c == 'u') return read_utf16();
    for (const char* pair = "\"\"\\\\//b\bf\fn\nr\rt\t"; *pair != '\0'; pair += 2) {
      if (*pair == c) return pair[1];
    }
    return -1;
  }

  /// Four hexadecimal digits; a surrogate must be followed by the other half of its pair.
  std::int32_t read_utf16() noexcept {
    const std::int32_t unit = read_hex4();
    if (unit >> 11 != 0xd800 >> 11) return unit;
    if (unit >= 0xdc00 || !skip('\\') || !skip('u')) return -1;
    const std::int32_t low = read_hex4();
    if (low >> 10 != 0xdc00 >> 10) return -1;
    return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
  }

  std::int32_t read_hex4() noexcept {
    std::int32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      const int digit = at == end ? -1 : hex_value(*at++);
      if (digit < 0) return -1;
      value = value * 16 + digit;
    }
    return value;
  }

  /// What follows the first byte of a UTF-8 sequence (RFC 3629, 4): no overlong form, no surrogate,
  /// nothing above U+10FFFF.
  std::int32_t read_utf8(unsigned first) noexcept {
    if (first < 0xc2 || first > 0xf4) return -1;
    const int more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    auto point = static_cast<std::int32_t>(first & (0x3fU >> more));
    for (int i = 0; i < more; ++i) {
      if (at == end || (static_cast<unsigned char>(*at) & 0xc0) != 0x80) return -1;
      point = point << 6 | (*at++ & 0x3f);
    }
    const std::int32_t least = more == 1 ? 0x80 : more == 2 ? 0x800 : 0x10000;
    return point < least || point > 0x10ffff || point >> 11 == 0xd800 >> 11 ? -1 : point;
  }
};

/// Writes `code_point` as UTF-8, at most 4 bytes; returns the end of it.
inline char* write_utf8(std::int32_t code_point, char* to) noexcept {
  if (code_point < 0x80) {
    *to++ = static_cast<char>(code_point);
    return to;
  }
  int shift = code_point < 0x800 ? 6 : code_point < 0x10000 ? 12 : 18;
  *to++ = static_cast<char>(0x780 >> shift / 6 | code_point >> shift);
  while (shift != 0) {
    shift -= 6;
    *to++ = static_cast<char>(0x80 | (code_point >> shift & 0x3f));
  }
  return to;
}

/// Whether the text between the quotes of a valid string decodes to the UTF-8 text `plain`.
ARC_IDENTITY_NOINLINE inline bool json_means(const cursor& quoted, cursor plain,
                                             bool ignore_case = false) noexcept {
  json_scanner text(quoted.at, quoted.end);
  while (!text.empty()) {
#if !ARC_IDENTITY_PREFERS_SIZE  // As most are.
    if (plain.is_at(*text.at) && *text.at != '\\') {
      ++text.at, ++plain.at;
      continue;
    }
#endif
    char utf8[4];
    const char* const utf8_end = write_utf8(text.read_char(), utf8);
    for (const char* c = utf8; c != utf8_end; ++c, ++plain.at) {
      if (plain.empty()) return false;
      if (*c != *plain.at && !(ignore_case && to_lower(*c) == to_lower(*plain.at))) return false;
    }
  }
  return plain.empty();
}

/// Which of the names in `names` a member has; -1: none.
inline int find_json_name(const cursor& quoted, const char* names, bool ignore_case) noexcept {
  for (int index = 0; *names != '\0'; ++index) {
    const char* const end = names + std::strlen(names);
    // Most differ in the first letter, which is quick to check.
    const bool may_match = ARC_IDENTITY_PREFERS_SIZE || quoted.is_at('\\') ||
                           (!quoted.empty() && to_lower(*quoted.at) == to_lower(*names));
    if (may_match && json_means(quoted, {names, end}, ignore_case)) return index;
    names = end + 1;
  }
  return -1;
}

}  // namespace detail
ARC_IDENTITY_END
