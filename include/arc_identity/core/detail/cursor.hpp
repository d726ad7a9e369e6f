// SPDX-License-Identifier: MIT
/// The text that a parser has not read yet. Parsers keep one or pass it by reference, and do not
/// return views: on ARM a view that is returned goes through memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

class cursor {
 public:
  cursor(const char* begin, const char* end) noexcept : at_(begin), end_(end) {}
  explicit cursor(std::string_view text) noexcept : at_(text.data()), end_(at_ + text.size()) {}

  const char* at() const noexcept { return at_; }
  bool is_at_end() const noexcept { return at_ == end_; }
  bool is_at(char c) const noexcept { return at_ != end_ && *at_ == c; }
  /// The next character; there is one.
  char take() noexcept { return *at_++; }
  /// All that is left.
  std::string_view rest() const noexcept { return {at_, static_cast<std::size_t>(end_ - at_)}; }
  /// What was read since `begin`.
  std::string_view since(const char* begin) const noexcept {
    return {begin, static_cast<std::size_t>(at_ - begin)};
  }

  ARC_IDENTITY_OUTLINE bool skip(char c) noexcept {
    if (!is_at(c)) return false;
    ++at_;
    return true;
  }

  /// OWS (RFC 9110, 5.6.3).
  ARC_IDENTITY_OUTLINE void skip_blanks() noexcept {
    while (at_ != end_ && is_blank(*at_)) ++at_;
  }

  /// The characters of a token (RFC 9110, 5.6.2), perhaps none.
  ARC_IDENTITY_OUTLINE std::string_view take_token() noexcept {
    const char* const begin = at_;
    while (at_ != end_ && is_token_char(*at_)) ++at_;
    return since(begin);
  }

  /// What comes before the first of the characters in `ends`, or all of the rest.
  ARC_IDENTITY_OUTLINE std::string_view take_until_any(const char* ends) noexcept {
    const char* const begin = at_;
    while (at_ != end_ && !contains(ends, *at_)) ++at_;
    return since(begin);
  }

  /// One decimal number, at least one digit. What is greater than 10^18 is more than 10^18.
  ARC_IDENTITY_OUTLINE bool take_number(std::uint64_t& number) noexcept {
    const char* const begin = at_;
    for (number = 0; at_ != end_ && is_digit(*at_); ++at_) {
      if (number <= 1'000'000'000'000'000'000) number = number * 10 + static_cast<unsigned>(*at_ - '0');
    }
    return at_ != begin;
  }

 protected:
  const char* at_;
  const char* end_;
};

}  // namespace detail
ARC_IDENTITY_END
