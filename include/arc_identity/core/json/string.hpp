// SPDX-License-Identifier: MIT
/// Strings of JSON (RFC 8259, 7): where one ends, whether it is well-formed, what it means.
#pragma once

#include <cstddef>
#include <string_view>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/json/block.hpp>

ARC_IDENTITY_BEGIN
namespace json {
namespace detail {

using arc_identity::detail::parse_hex4;

constexpr bool is_high_surrogate(long unit) noexcept { return unit >= 0xd800 && unit < 0xdc00; }
constexpr bool is_low_surrogate(long unit) noexcept { return unit >= 0xdc00 && unit < 0xe000; }

/// Reads the escape whose backslash stands at `at` and moves `at` behind it. The code point, or
/// -1 where it is none; a surrogate must come as a pair.
inline long parse_escape(const char*& at, const char* end) noexcept {
  if (end - at < 2) return -1;
  const char kind = at[1];
  at += 2;
  switch (kind) {
    case '"':
    case '\\':
    case '/': return kind;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'u': break;
    default: return -1;
  }
  const long unit = parse_hex4(at, end);
  if (unit < 0 || is_low_surrogate(unit)) return -1;
  at += 4;
  if (!is_high_surrogate(unit)) return unit;
  if (end - at < 2 || at[0] != '\\' || at[1] != 'u') return -1;
  const long low = parse_hex4(at + 2, end);
  if (!is_low_surrogate(low)) return -1;
  at += 6;
  return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
}

/// The length of the UTF-8 sequence at `at`, whose first byte is 0x80 or more; 0 where it is none
/// (RFC 3629, 4: no overlong form, no surrogate, nothing above U+10FFFF).
inline std::size_t utf8_length(const char* at, const char* end) noexcept {
  const auto byte = [at](std::size_t i) { return static_cast<unsigned char>(at[i]); };
  const unsigned first = byte(0);
  const std::size_t length = first < 0xc2   ? 0
                             : first < 0xe0 ? 2
                             : first < 0xf0 ? 3
                             : first < 0xf5 ? 4
                                            : 0;
  if (length == 0 || static_cast<std::size_t>(end - at) < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const unsigned second = byte(1);
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool surrogate = first == 0xed && second > 0x9f;
  const bool too_great = first == 0xf4 && second > 0x8f;
  return overlong || surrogate || too_great ? 0 : length;
}

/// Moves `at`, behind an opening quote, to the closing one; false where the string is no string.
template <class Step = block_step>
ARC_IDENTITY_INLINE bool skip_string(const char*& at, const char* end, bool& escaped) noexcept {
  for (;;) {
    at = skip_plain<Step>(at, end);
    if (at == end) return false;
    if (*at == '"') return true;
    if (*at == '\\') {
      escaped = true;
      if (parse_escape(at, end) < 0) return false;
    } else if (static_cast<unsigned char>(*at) >= 0x80) {
      const std::size_t length = utf8_length(at, end);
      if (length == 0) return false;
      at += length;
    } else {
      return false;
    }
  }
}

/// Writes `code_point` as UTF-8; returns how many bytes, at most 4.
inline std::size_t encode_utf8(long code_point, char* to) noexcept {
  const auto tail = [code_point](int shift) {
    return static_cast<char>(0x80 | ((code_point >> shift) & 0x3f));
  };
  if (code_point < 0x80) {
    to[0] = static_cast<char>(code_point);
    return 1;
  }
  if (code_point < 0x800) {
    to[0] = static_cast<char>(0xc0 | (code_point >> 6));
    to[1] = tail(0);
    return 2;
  }
  if (code_point < 0x10000) {
    to[0] = static_cast<char>(0xe0 | (code_point >> 12));
    to[1] = tail(6);
    to[2] = tail(0);
    return 3;
  }
  to[0] = static_cast<char>(0xf0 | (code_point >> 18));
  to[1] = tail(12);
  to[2] = tail(6);
  to[3] = tail(0);
  return 4;
}

/// Whether the validated text between two quotes means `plain`, perhaps without regard to case. A
/// view that goes by reference takes less of the stack.
inline bool means(const std::string_view& quoted, std::string_view plain,
                  bool any_case = false) noexcept {
  using arc_identity::detail::to_lower;
  const char* at = quoted.data();
  const char* const end = at + quoted.size();
  while (at != end) {
    char utf8[4] = {*at};
    std::size_t length = 1;
    if (*at == '\\') {
      length = encode_utf8(parse_escape(at, end), utf8);
    } else {
      ++at;
    }
    for (std::size_t i = 0; i < length; ++i) {
      if (plain.empty()) return false;
      const char c = plain.front();
      if (c != utf8[i] && !(any_case && to_lower(c) == to_lower(utf8[i]))) return false;
      plain = arc_identity::detail::after(plain, 1);
    }
  }
  return plain.empty();
}

}  // namespace detail

/// Decodes the escapes of a validated string in its place; the result is never longer.
inline std::string_view unescape(mutable_buffer quoted) noexcept {
  const char* at = quoted.begin();
  char* to = quoted.begin();
  while (at != quoted.end()) {
    if (*at == '\\') {
      to += detail::encode_utf8(detail::parse_escape(at, quoted.end()), to);
    } else {
      *to++ = *at++;
    }
  }
  return {quoted.data(), static_cast<std::size_t>(to - quoted.data())};
}

}  // namespace json
ARC_IDENTITY_END
