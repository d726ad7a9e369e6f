// SPDX-License-Identifier: MIT
/// Characters and numbers as the internet's protocols spell them: ASCII, no locale.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <arc_identity/core/detail/config.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

constexpr char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

constexpr bool is_alpha(char c) noexcept { return to_lower(c) >= 'a' && to_lower(c) <= 'z'; }

/// The value of a hexadecimal digit, or -1.
constexpr int hex_value(char c) noexcept {
  if (is_digit(c)) return c - '0';
  const char lower = static_cast<char>(c | ('a' - 'A'));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// 0x00 to 0x1f and DEL.
constexpr bool is_control(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

/// 0x21 to 0x7e: VCHAR (RFC 5234, B.1).
constexpr bool is_visible(char c) noexcept { return c > 0x20 && c < 0x7f; }

/// No control byte; non-ASCII bytes are allowed.
constexpr bool is_printable(char c) noexcept { return !is_control(c); }

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

/// The letters, digits and some other characters of ASCII: one bit each.
class char_set {
 public:
  constexpr explicit char_set(std::string_view more) noexcept {
    for (char c = '\x7f'; c != '\0'; --c) {
      if (is_alpha(c) || is_digit(c)) add(c);
    }
    for (const char c : more) add(c);
  }

  constexpr bool contains(char c) const noexcept {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 128 && (bits_[byte / 32] >> (byte % 32) & 1) != 0;
  }

 private:
  constexpr void add(char c) noexcept {
    const auto byte = static_cast<unsigned char>(c);
    bits_[byte / 32] |= std::uint32_t{1} << (byte % 32);
  }

  std::uint32_t bits_[4] = {};
};

/// unreserved (RFC 3986, 2.3): never needs percent-encoding.
inline constexpr char_set unreserved_chars("-._~");
constexpr bool is_unreserved(char c) noexcept { return unreserved_chars.contains(c); }

/// tchar (RFC 9110, 5.6.2): the characters of field, scheme and parameter names.
inline constexpr char_set token_chars("!#$%&'*+-.^_`|~");
constexpr bool is_token_char(char c) noexcept { return token_chars.contains(c); }

/// Allowed in a field value (RFC 9110, 5.5): visible, obs-text, space and tab.
constexpr bool is_field_char(char c) noexcept { return !is_control(c) || c == '\t'; }

/// Eight characters, to examine at once.
using word64 = std::uint64_t;
constexpr word64 eight_of(char c) noexcept {
  return word64{0x0101010101010101} * static_cast<unsigned char>(c);
}
inline word64 load_word(const char* from) noexcept {
  word64 bytes = 0;
  std::memcpy(&bytes, from, sizeof bytes);
  return bytes;
}

template <class Predicate>
constexpr bool all_of(std::string_view text, Predicate predicate) noexcept {
  for (const char c : text) {
    if (!predicate(c)) return false;
  }
  return true;
}

constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (to_lower(a[i]) != to_lower(b[i])) return false;
  }
  return true;
}

/// The same for a literal, which takes less code than a view.
constexpr bool equals_ignoring_case(std::string_view text, const char* literal) noexcept {
  for (const char c : text) {
    if (*literal == '\0' || to_lower(c) != to_lower(*literal)) return false;
    ++literal;
  }
  return *literal == '\0';
}

/// Which of the names in `names` (each ended by a NUL) `text` is, without regard to case; -1: none.
inline int index_of(std::string_view text, const char* names) noexcept {
  for (int index = 0; *names != '\0'; ++index) {
    const std::string_view name = names;
    if (equals_ignoring_case(text, name)) return index;
    names += name.size() + 1;
  }
  return -1;
}

/// The index of the first `c`, or `text.size()`.
constexpr std::size_t find(std::string_view text, char c) noexcept {
  std::size_t at = 0;
  while (at < text.size() && text[at] != c) ++at;
  return at;
}

constexpr bool contains(std::string_view text, char c) noexcept {
  return find(text, c) != text.size();
}

constexpr bool contains(const char* literal, char c) noexcept {
  while (*literal != '\0' && *literal != c) ++literal;
  return *literal != '\0';
}

/// The first `count` bytes, or all if there are fewer.
constexpr std::string_view first(std::string_view text, std::size_t count) noexcept {
  return {text.data(), count < text.size() ? count : text.size()};
}

/// What follows the first `count` bytes; `count` is at most `text.size()`.
constexpr std::string_view after(std::string_view text, std::size_t count) noexcept {
  return {text.data() + count, text.size() - count};
}

constexpr bool starts_with(std::string_view text, std::string_view prefix) noexcept {
  return first(text, prefix.size()) == prefix;
}

constexpr bool starts_with(std::string_view text, const char* literal) noexcept {
  for (std::size_t i = 0; literal[i] != '\0'; ++i) {
    if (i == text.size() || text[i] != literal[i]) return false;
  }
  return true;
}

constexpr bool equals(std::string_view text, const char* literal) noexcept {
  for (const char c : text) {
    if (*literal == '\0' || c != *literal) return false;
    ++literal;
  }
  return *literal == '\0';
}

constexpr bool ends_with(std::string_view text, std::string_view suffix) noexcept {
  return text.size() >= suffix.size() &&
         starts_with(after(text, text.size() - suffix.size()), suffix);
}

/// Without the spaces and tabs around it: OWS (RFC 9110, 5.6.3).
constexpr std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) text = after(text, 1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Drops the CR at a line's end; returns whether there was one.
constexpr bool drop_cr(std::string_view& line) noexcept {
  const bool has_cr = !line.empty() && line.back() == '\r';
  if (has_cr) line.remove_suffix(1);
  return has_cr;
}

/// The part before `separator`; `text` keeps the part after it, or nothing if there is no
/// separator.
constexpr std::string_view take_until(std::string_view& text, char separator) noexcept {
  const std::string_view head = first(text, find(text, separator));
  text = head.size() == text.size() ? std::string_view{} : after(text, head.size() + 1);
  return head;
}

}  // namespace detail
ARC_IDENTITY_END
