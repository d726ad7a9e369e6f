// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include <arc_identity/instance_metadata/http_date.hpp>

namespace {

using arc_identity::detail::parse_http_date;

}  // namespace

TEST_CASE("http date: the examples of RFC 9110, 5.6.7 and other known dates") {
  CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == 784111777);
  CHECK(parse_http_date("Thu, 01 Jan 1970 00:00:00 GMT") == 0);
  CHECK(parse_http_date("Thu, 01 Jan 1970 00:00:01 GMT") == 1);
  CHECK(parse_http_date("Sun, 09 Sep 2001 01:46:40 GMT") == 1000000000);
  CHECK(parse_http_date("Tue, 19 Jan 2038 03:14:08 GMT") == 2147483648);
  CHECK(parse_http_date("Sun, 07 Feb 2106 06:28:16 GMT") == 4294967296);
  CHECK(parse_http_date("Tue, 29 Feb 2000 00:00:00 GMT") == 951782400);
  CHECK(parse_http_date("Thu, 29 Feb 2024 12:00:00 GMT") == 1709208000);
  CHECK(parse_http_date("Fri, 31 Dec 9999 23:59:59 GMT") == 253402300799);
  CHECK(parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT") == 1483228800);
}

TEST_CASE("http date: each day from 1970 to 2110") {
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  std::int64_t expected = 0;
  std::size_t wrong = 0;
  for (int year = 1970; year <= 2110; ++year) {
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    for (std::size_t month = 0; month < 12; ++month) {
      const int length = lengths[month] + (leap && month == 1 ? 1 : 0);
      for (int day = 1; day <= length; ++day) {
        char text[64];
        std::snprintf(text, sizeof text, "Mon, %02d %s %d 00:00:00 GMT", day, months[month], year);
        if (parse_http_date(text) != expected) ++wrong;
        expected += 86400;
      }
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("http date: each position accepts only its kind of character") {
  using arc_identity::detail::matches_form;
  CHECK(matches_form("7x:", "0a:"));
  for (const char* const text : {"", "7", "7x", "7x::", "77:", "xx:", "7x."}) {
    CHECK_FALSE(matches_form(text, "0a:"));
  }
  CHECK_FALSE(matches_form(std::string_view("7x\0", 3), "0a"));
}

TEST_CASE("http date: anything but an IMF-fixdate gives 0") {
  for (const char* const text : {"",
                                 "120",
                                 "Sun, 06 Nov 1994 08:49:37",
                                 "Sun, 06 Nov 1994 08:49:37 UTC",
                                 "Sun, 06 Nov 1994 08:49:37 gmt",
                                 "Sun, 6 Nov 1994 08:49:37 GMT",
                                 "Sun, 006 Nov 194 08:49:37 GMT",
                                 "Sun, 06 nov 1994 08:49:37 GMT",
                                 "Sun, 06 Nox 1994 08:49:37 GMT",
                                 "Sun, 06 anF 1994 08:49:37 GMT",
                                 "Sun, 06-Nov-1994 08:49:37 GMT",
                                 "Sun  06 Nov 1994 08:49:37 GMT",
                                 "Sun, 06 Nov 1994 08.49.37 GMT",
                                 "Sun, 06 Nov 1994 08:49.37 GMT",
                                 "Sun, 06 Nov 1994-08:49:37 GMT",
                                 "Sun, 06 Nov_1994 08:49:37 GMT",
                                 "Sun, 06 Nov 1994 24:49:37 GMT",
                                 "Sun, 06 Nov 1994 08:60:37 GMT",
                                 "Sun, 06 Nov 1994 08:49:61 GMT",
                                 "Sun, 00 Nov 1994 08:49:37 GMT",
                                 "Sun, 32 Nov 1994 08:49:37 GMT",
                                 "Sun, 06 Nov 1969 08:49:37 GMT",
                                 "Sun, 06 Nov 0000 08:49:37 GMT",
                                 "Sun, -6 Nov 1994 08:49:37 GMT",
                                 "Sun, 0x Nov 1994 08:49:37 GMT",
                                 "Sun, 06 Nov 19 4 08:49:37 GMT",
                                 "Sun, 06 Nov 1994 +8:49:37 GMT",
                                 "Sun, 06 Nov 1994 08:4 :37 GMT",
                                 "Sun, 06 Nov 1994 08:49: 7 GMT",
                                 " Sun, 06 Nov 1994 08:49:37 GMT",
                                 "Sun, 06 Nov 1994 08:49:37 GMT "}) {
    CAPTURE(text);
    CHECK(parse_http_date(text) == -1);
  }
}
