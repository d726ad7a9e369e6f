// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstdint>
#include <string_view>

#include <arc_identity/core/detail/cursor.hpp>

namespace {

using arc_identity::detail::cursor;

}  // namespace

TEST_CASE("cursor: takes one character at a time") {
  const std::string_view text = "ab";
  cursor rest(text);
  CHECK(rest.view() == "ab");
  CHECK(rest.at == text.data());
  CHECK(rest.size() == 2);
  CHECK(rest.is_at('a'));
  CHECK_FALSE(rest.is_at('b'));
  CHECK_FALSE(rest.skip('b'));
  CHECK(rest.skip('a'));
  CHECK(rest.view() == "b");
  CHECK(rest.skip('b'));
  CHECK(rest.empty());
  CHECK_FALSE(rest.is_at('\0'));
  CHECK_FALSE(rest.skip('\0'));
}

TEST_CASE("cursor: never reads past its end") {
  const char text[] = "a,1 b";
  for (cursor nothing : {cursor(text, text), cursor(text + 3, text + 3), cursor()}) {
    const char* const begin = nothing.at;
    std::uint32_t number = 7;
    cursor piece;
    CHECK(nothing.empty());
    CHECK(nothing.size() == 0);
    CHECK_FALSE(nothing.is_at('a'));
    CHECK_FALSE(nothing.skip('a'));
    nothing.skip_blanks();
    nothing.trim();
    nothing.take_token(piece);
    CHECK(piece.empty());
    nothing.take_until(",", piece);
    CHECK(piece.empty());
    CHECK_FALSE(nothing.take_number(number));
    CHECK(nothing.at == begin);
    CHECK(nothing.end == begin);
  }
}

TEST_CASE("cursor: takes blanks, tokens and text up to a separator") {
  cursor rest(std::string_view(" \t a-b.c=\"x, y\", z"));
  cursor piece;
  rest.skip_blanks();
  rest.take_token(piece);
  CHECK(piece.view() == "a-b.c");
  rest.take_token(piece);
  CHECK(piece.empty());
  rest.take_until(",\"", piece);
  CHECK(piece.view() == "=");
  CHECK(rest.is_at('"'));
  rest.take_until(",\"", piece);
  CHECK(piece.empty());
  CHECK(rest.skip('"'));
  rest.take_until("\"", piece);
  CHECK(piece.view() == "x, y");
  CHECK(rest.skip('"'));
  rest.take_until(";", piece);
  CHECK(piece.view() == ", z");
  CHECK(rest.empty());
  cursor line_end(std::string_view("\r\n"));
  line_end.skip_blanks();
  CHECK(line_end.is_at('\r'));
  cursor nul(std::string_view("a\0,b", 4));
  nul.take_until(",", piece);
  CHECK(piece.size() == 2);
}

TEST_CASE("cursor: trim drops spaces and tabs at both ends") {
  const struct {
    const char* text;
    const char* trimmed;
  } cases[] = {{"", ""}, {" \t ", ""}, {"a", "a"}, {" \ta b\t ", "a b"}, {"\r\na\n", "\r\na\n"}};
  for (const auto& c : cases) {
    cursor text{std::string_view(c.text)};
    text.trim();
    CHECK(text.view() == c.trimmed);
  }
}

TEST_CASE("cursor: finds one of several names case-insensitively") {
  constexpr const char* names = "date\0connection\0";
  CHECK(cursor(std::string_view("Date")).index_in(names) == 0);
  CHECK(cursor(std::string_view("CONNECTION")).index_in(names) == 1);
  CHECK(cursor(std::string_view("dat")).index_in(names) == -1);
  CHECK(cursor(std::string_view("Date")).is("date\0"));
  CHECK_FALSE(cursor(std::string_view("Dates")).is("date\0"));
  CHECK_FALSE(cursor().is("date\0"));
}

TEST_CASE("cursor: a number needs at least one digit") {
  const struct {
    const char* text;
    std::uint32_t number;
    const char* rest;
  } numbers[] = {
      {"0", 0, ""},
      {"0065535x", 65535, "x"},
      {"12.5", 12, ".5"},
      {"4294967289,", 4294967289, ","},
      {"0000000000000000000000000000000000000000000000000000000000000007", 7, ""},
  };
  for (const auto& c : numbers) {
    CAPTURE(c.text);
    cursor rest{std::string_view(c.text)};
    std::uint32_t number = 1;
    CHECK(rest.take_number(number));
    CHECK(number == c.number);
    CHECK(rest.view() == c.rest);
  }
  for (const char* const text : {"", "a1", "-1", "+1", " 1", ".5"}) {
    CAPTURE(text);
    cursor rest{std::string_view(text)};
    std::uint32_t number = 1;
    CHECK_FALSE(rest.take_number(number));
    CHECK(rest.view() == text);
  }
}

TEST_CASE("cursor: a number too large becomes the maximum") {
  for (const char* const text :
       {"4294967295", "4294967296", "4294967305", "42949672950", "18446744073709551616",
        "99999999999999999999999999999999999999999999"}) {
    CAPTURE(text);
    cursor rest{std::string_view(text)};
    std::uint32_t number = 0;
    CHECK(rest.take_number(number));
    CHECK(number == UINT32_MAX);
    CHECK(rest.empty());
  }
}
