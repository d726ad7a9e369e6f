// SPDX-License-Identifier: MIT
/// The fixed-length date of HTTP (RFC 9110, 5.6.7: IMF-fixdate), in which `Retry-After` may come.
#pragma once

#include <cstdint>
#include <string_view>

#include <arc_identity/core/ascii.hpp>
#include <arc_identity/core/config.hpp>

ARC_IDENTITY_BEGIN
namespace http {

/// The seconds from 1970-01-01T00:00:00Z to `text`, such as "Sun, 06 Nov 1994 08:49:37 GMT"; -1
/// where it is no such date. The day of the week is not checked.
inline std::int64_t parse_date(std::string_view text) noexcept {
  if (!detail::matches_form(text, "aaa, 00 aaa 0000 00:00:00 GMT")) return -1;
  const auto two_digits = [text](std::size_t at) {
    return (text[at] - '0') * 10 + (text[at + 1] - '0');
  };
  constexpr const char* months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  int month = 0;
  while (month < 12 && !detail::starts_with(text.substr(8), {months + 3 * month, 3})) ++month;
  const int day = two_digits(5);
  const int year = two_digits(12) * 100 + two_digits(14);
  const int hour = two_digits(17);
  const int minute = two_digits(20);
  const int second = two_digits(23);
  if (month == 12 || day < 1 || day > 31 || year < 1970 || hour > 23 || minute > 59 ||
      second > 60) {
    return -1;
  }
  // Years begin in March here, so that the leap day is the last day of its year.
  const int y = month < 2 ? year - 1 : year;
  const int day_of_year = (153 * ((month + 10) % 12) + 2) / 5 + day - 1;
  const int days = 365 * y + y / 4 - y / 100 + y / 400 + day_of_year - 719468;
  const int seconds = (hour * 60 + minute) * 60 + second;
  return std::int64_t{days} * 86400 + seconds;
}

}  // namespace http
ARC_IDENTITY_END
