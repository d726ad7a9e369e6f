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
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != 29 || text.substr(3, 2) != ", " || text[7] != ' ' || text[11] != ' ' ||
      text[16] != ' ' || text[19] != ':' || text[22] != ':' || text.substr(25) != " GMT") {
    return -1;
  }
  bool ok = true;
  const auto number = [&](std::size_t at, std::size_t size, std::uint64_t limit) {
    std::uint64_t value = 0;
    ok = ok &&
         detail::parse_decimal(text.substr(at, size), limit, value) == detail::number_status::ok;
    return static_cast<std::int64_t>(value);
  };
  const std::size_t month_at = months.find(text.substr(8, 3));
  const std::int64_t day = number(5, 2, 31);
  const std::int64_t year = number(12, 4, 9999);
  const std::int64_t seconds =
      number(17, 2, 23) * 3600 + number(20, 2, 59) * 60 + number(23, 2, 60);
  if (!ok || month_at == std::string_view::npos || month_at % 3 != 0 || day == 0 || year < 1970) {
    return -1;
  }
  // Years begin in March here, so that the leap day is the last day of its year.
  const auto month = static_cast<std::int64_t>(month_at / 3);
  const std::int64_t y = month < 2 ? year - 1 : year;
  const std::int64_t day_of_year = (153 * ((month + 10) % 12) + 2) / 5 + day - 1;
  const std::int64_t days = 365 * y + y / 4 - y / 100 + y / 400 + day_of_year - 719468;
  return days * 86400 + seconds;
}

}  // namespace http
ARC_IDENTITY_END
