// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstdint>
#include <string_view>

#include <arc_identity/core/detail/cursor.hpp>

namespace {

using arc_identity::detail::cursor;

}  // namespace

TEST_CASE("cursor: one character at a time") {
  const std::string_view text = "ab";
  cursor at(text);
  CHECK(at.rest() == "ab");
  CHECK(at.at() == text.data());
  CHECK(at.is_at('a'));
  CHECK_FALSE(at.is_at('b'));
  CHECK_FALSE(at.skip('b'));
  CHECK(at.skip('a'));
  CHECK(at.since(text.data()) == "a");
  CHECK(at.take() == 'b');
  CHECK(at.is_at_end());
  CHECK(at.rest().empty());
  CHECK_FALSE(at.is_at('\0'));
  CHECK_FALSE(at.skip('\0'));
}

TEST_CASE("cursor: it never looks behind its end") {
  const std::string_view text("a,1 b", 5);
  cursor nothing(text.data(), text.data());
  std::uint64_t number = 7;
  CHECK(nothing.is_at_end());
  CHECK_FALSE(nothing.is_at('a'));
  CHECK_FALSE(nothing.skip('a'));
  nothing.skip_blanks();
  CHECK(nothing.take_token().empty());
  CHECK(nothing.take_until_any(",").empty());
  CHECK_FALSE(nothing.take_number(number));
  CHECK(nothing.at() == text.data());
  CHECK(cursor(std::string_view()).is_at_end());
}

TEST_CASE("cursor: blanks, tokens and what comes before a separator") {
  cursor at(" \t a-b.c=\"x, y\", z");
  at.skip_blanks();
  CHECK(at.take_token() == "a-b.c");
  CHECK(at.take_token().empty());
  CHECK(at.take_until_any(",\"") == "=");
  CHECK(at.is_at('"'));
  CHECK(at.take_until_any(",\"").empty());
  CHECK(at.skip('"'));
  CHECK(at.take_until_any("\"") == "x, y");
  CHECK(at.skip('"'));
  CHECK(at.take_until_any(";") == ", z");
  CHECK(at.is_at_end());
  cursor line_end("\r\n");
  line_end.skip_blanks();
  CHECK(line_end.is_at('\r'));
  cursor nul(std::string_view("a\0,b", 4));
  CHECK(nul.take_until_any(",").size() == 2);
}

TEST_CASE("cursor: numbers, of at least one digit") {
  const struct {
    const char* text;
    std::uint64_t number;
    const char* rest;
  } numbers[] = {
      {"0", 0, ""},
      {"0065535x", 65535, "x"},
      {"12.5", 12, ".5"},
      {"1000000000000000000,", 1'000'000'000'000'000'000, ","},
      {"0000000000000000000000000000000000000000000000000000000000000007", 7, ""},
  };
  for (const auto& c : numbers) {
    CAPTURE(c.text);
    cursor at(c.text);
    std::uint64_t number = 1;
    CHECK(at.take_number(number));
    CHECK(number == c.number);
    CHECK(at.rest() == c.rest);
  }
  for (const char* const text : {"", "a1", "-1", "+1", " 1", ".5"}) {
    CAPTURE(text);
    cursor at(text);
    std::uint64_t number = 1;
    CHECK_FALSE(at.take_number(number));
    CHECK(at.rest() == text);
  }
}

TEST_CASE("cursor: a number beyond 10^18 stays beyond it") {
  for (const char* const text :
       {"1000000000000000001", "9223372036854775808", "18446744073709551615",
        "18446744073709551616", "18446744073709551617", "36893488147419103232",
        "99999999999999999999999999999999999999999999"}) {
    CAPTURE(text);
    cursor at(text);
    std::uint64_t number = 0;
    CHECK(at.take_number(number));
    CHECK(number > 1'000'000'000'000'000'000);
    CHECK(at.is_at_end());
  }
}
