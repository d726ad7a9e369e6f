// SPDX-License-Identifier: MIT
/// A piece of text that is read from its front. Parsers pass it by reference and get pieces of it
/// by reference: on ARM a view that is passed or returned by value often goes through memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

struct cursor {
  const char* at = nullptr;   ///< The next character.
  const char* end = nullptr;  ///< One past the last character.

  cursor() noexcept = default;
  cursor(const char* begin, const char* behind) noexcept : at(begin), end(behind) {}
  explicit cursor(std::string_view text) noexcept : at(text.data()), end(at + text.size()) {}

  bool empty() const noexcept { return at == end; }
  std::size_t size() const noexcept { return static_cast<std::size_t>(end - at); }
  std::string_view view() const noexcept { return {at, size()}; }
  bool is_at(char c) const noexcept { return at != end && *at == c; }

  bool skip(char c) noexcept {
    if (!is_at(c)) return false;
    ++at;
    return true;
  }

  /// OWS (RFC 9110, 5.6.3).
  void skip_blanks() noexcept {
    while (at != end && is_blank(*at)) ++at;
  }

  /// Drops OWS at both ends.
  void trim() noexcept {
    skip_blanks();
    while (at != end && is_blank(end[-1])) --end;
  }

  /// The characters of a token (RFC 9110, 5.6.2), perhaps none.
  void take_token(cursor& token) noexcept {
    token.at = at;
    while (at != end && is_token_char(*at)) ++at;
    token.end = at;
  }

  /// The part before the first of the characters in `ends`, or all of it.
  void take_until(const char* ends, cursor& piece) noexcept {
    piece.at = at;
    while (at != end && !contains(ends, *at)) ++at;
    piece.end = at;
  }

  /// A decimal number, at least one digit; saturates.
  bool take_number(std::uint32_t& number) noexcept {
    constexpr std::uint32_t greatest = UINT32_MAX;
    const char* const begin = at;
    for (number = 0; at != end && is_digit(*at); ++at) {
      const auto digit = static_cast<std::uint32_t>(*at - '0');
      number = number > (greatest - 9) / 10 ? greatest : number * 10 + digit;
    }
    return at != begin;
  }

  /// Which of the names in `names` (each ended by a NUL) it is, without regard to case; -1: none.
  ARC_IDENTITY_NOINLINE int index_in(const char* names) const noexcept {
    return index_of(view(), names);
  }
  /// Whether it equals `name`, a literal with a second NUL, ignoring case.
  bool is(const char* name) const noexcept { return index_in(name) == 0; }

  /// Where the last whole `word64` ends.
  const char* end_of_words() const noexcept { return end - size() % sizeof(word64); }

  /// Whether all of it is visible ASCII.
  bool is_visible() const noexcept {
#if ARC_IDENTITY_PREFERS_SIZE
    return all_of(detail::is_visible);
#else  // Eight bytes at a time, because tokens are long.
    const char* c = at;
    word64 invisible = 0;
    for (const char* const last = end_of_words(); c != last; c += sizeof(word64)) {
      const word64 bytes = load_word(c);
      // A byte's high bit is set where it is less than '!', 0x7f or more, or follows such a byte.
      invisible |= bytes | (bytes - eight_of('!')) | (bytes + eight_of(1));
    }
    if ((invisible & eight_of('\x80')) != 0) return false;
    while (c != end && detail::is_visible(*c)) ++c;
    return c == end;
#endif
  }

  template <class Predicate>
  bool all_of(Predicate predicate) const noexcept {
    return detail::all_of(view(), predicate);
  }
};

}  // namespace detail
ARC_IDENTITY_END
