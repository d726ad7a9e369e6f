// SPDX-License-Identifier: MIT
/// The fixed-length date of HTTP (RFC 9110, 5.6.7: IMF-fixdate), which shows the agent's clock.
#pragma once

#include <cstdint>
#include <string_view>

#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// The number of the two digits at `at`.
ARC_IDENTITY_NOINLINE inline int two_digits(const char* at) noexcept {
  return (at[0] - '0') * 10 + (at[1] - '0');
}

/// The month of the three letters at `at`, from 0; 12 if invalid.
inline int month_at(const char* at) noexcept {
  int month = 0;
  const char* name = "JanFebMarAprMayJunJulAugSepOctNovDec";
  for (; month < 12; ++month, name += 3) {
    if (name[0] == at[0] && name[1] == at[1] && name[2] == at[2]) break;
  }
  return month;
}

/// Whether `text` has the form of `form`, a literal in which each 0 stands for a digit and each a
/// for a letter.
constexpr bool matches_form(std::string_view text, const char* form) noexcept {
  for (const char c : text) {
    const bool fits = *form == '0' ? is_digit(c) : *form == 'a' ? is_alpha(c) : *form == c;
    if (!fits || *form == '\0') return false;
    ++form;
  }
  return *form == '\0';
}

/// The seconds from 1970-01-01T00:00:00Z to `text`, such as "Sun, 06 Nov 1994 08:49:37 GMT"; -1 for
/// anything else. The day of the week is not checked.
inline std::int64_t parse_http_date(std::string_view text) noexcept {
  if (!matches_form(text, "aaa, 00 aaa 0000 00:00:00 GMT")) return -1;
  const char* const at = text.data();
  const int day = two_digits(at + 5);
  const int month = month_at(at + 8);
  const int year = two_digits(at + 12) * 100 + two_digits(at + 14);
  const int hour = two_digits(at + 17);
  const int minute = two_digits(at + 20);
  const int second = two_digits(at + 23);
  if (month == 12 || day < 1 || day > 31 || year < 1970 || hour > 23 || minute > 59 ||
      second > 60) {
    return -1;
  }
  // Years begin in March here, so that the leap day is the last day of its year.
  const int y = month < 2 ? year - 1 : year;
  const int day_of_year = (153 * ((month + 10) % 12) + 2) / 5 + day - 1;
  const int days = 365 * y + y / 4 - y / 100 + y / 400 + day_of_year - 719468;
  const int seconds = (hour * 60 + minute) * 60 + second;
  return static_cast<std::int64_t>(days) * 86400 + seconds;
}

}  // namespace detail
ARC_IDENTITY_END
