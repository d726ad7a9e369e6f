// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>

#include <arc_identity/core/detail/ascii.hpp>

#ifndef CODE_SIZE
#define CODE_SIZE ""
#endif

namespace {

namespace detail = arc_identity::detail;

/// The bytes for which `predicate` holds, in their order.
template <class Predicate>
std::string bytes_with(Predicate predicate) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) {
    if (predicate(static_cast<char>(byte))) bytes += static_cast<char>(byte);
  }
  return bytes;
}

std::string range(int first, int last) {
  std::string bytes;
  for (int byte = first; byte <= last; ++byte) bytes += static_cast<char>(byte);
  return bytes;
}

const std::string digits = range('0', '9');
const std::string upper = range('A', 'Z');
const std::string lower = range('a', 'z');

}  // namespace

TEST_CASE("ascii: classes of characters, over all bytes" CODE_SIZE) {
  CHECK(bytes_with(detail::is_digit) == digits);
  CHECK(bytes_with(detail::is_alpha) == upper + lower);
  CHECK(bytes_with(detail::is_control) == range(0, 0x1f) + "\x7f");
  CHECK(bytes_with(detail::is_visible) == range(0x21, 0x7e));
  CHECK(bytes_with(detail::is_printable) == range(0x20, 0x7e) + range(0x80, 0xff));
  CHECK(bytes_with(detail::is_blank) == "\t ");
  CHECK(bytes_with(detail::is_unreserved) == "-." + digits + upper + "_" + lower + "~");
  CHECK(bytes_with(detail::is_token_char) == "!#$%&'*+-." + digits + upper + "^_`" + lower + "|~");
  CHECK(bytes_with(detail::is_field_char) == "\t" + range(0x20, 0x7e) + range(0x80, 0xff));
}

TEST_CASE("ascii: a set contains letters, digits and the given characters" CODE_SIZE) {
  const std::string more = "-\x7f\x01";
  const detail::char_set set(more);
  const auto is_in_set = [&](char c) { return set.contains(c); };
  CHECK(bytes_with(is_in_set) == "\x01-" + digits + upper + lower + "\x7f");
}

TEST_CASE("ascii: lower case is that of ASCII in each locale" CODE_SIZE) {
  for (int byte = 0; byte < 256; ++byte) {
    const auto c = static_cast<char>(byte);
    CHECK(detail::to_lower(c) == (c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c));
  }
  CHECK(detail::equals_ignoring_case("Www-Authenticate", "WWW-AUTHENTICATE"));
  CHECK(detail::equals_ignoring_case("", ""));
  CHECK_FALSE(detail::equals_ignoring_case("a", ""));
  CHECK_FALSE(detail::equals_ignoring_case("abc", "abd"));
  CHECK_FALSE(detail::equals_ignoring_case("[", "{"));
  CHECK_FALSE(detail::equals_ignoring_case("@", "`"));
  CHECK_FALSE(detail::equals_ignoring_case("\xc3\x89", "\xc3\xa9"));
}

TEST_CASE("ascii: values of hexadecimal digits" CODE_SIZE) {
  const std::string hex = digits + "abcdef";
  for (int byte = 0; byte < 256; ++byte) {
    const auto c = static_cast<char>(byte);
    const std::size_t at = hex.find(detail::to_lower(c));
    CHECK(detail::hex_value(c) == (at == std::string::npos ? -1 : static_cast<int>(at)));
  }
}

TEST_CASE("ascii: is_one_of matches the characters of a literal" CODE_SIZE) {
  CHECK(detail::contains("abc", 'a'));
  CHECK(detail::contains("abc", 'c'));
  CHECK_FALSE(detail::contains("abc", 'd'));
  CHECK_FALSE(detail::contains("abc", '\0'));
  CHECK_FALSE(detail::contains("", 'a'));
}

TEST_CASE("ascii: a CR at the end of a line is removed" CODE_SIZE) {
  const auto drop = [](std::string_view line, std::string_view rest) {
    const bool has_cr = detail::drop_cr(line);
    CHECK(line == rest);
    return has_cr;
  };
  CHECK(drop("a\r", "a"));
  CHECK(drop("\r\r", "\r"));
  CHECK(drop("\r", ""));
  CHECK_FALSE(drop("a", "a"));
  CHECK_FALSE(drop("\ra", "\ra"));
  CHECK_FALSE(drop("", ""));
}

TEST_CASE("ascii: starts_with and ends_with" CODE_SIZE) {
  CHECK(detail::starts_with("abc", "ab"));
  CHECK(detail::starts_with("abc", ""));
  CHECK_FALSE(detail::starts_with("ab", "abc"));
  CHECK_FALSE(detail::starts_with("", "a"));
  CHECK(detail::starts_with("abc", std::string_view("ab")));
  CHECK_FALSE(detail::starts_with("abc", std::string_view("ac")));
  CHECK_FALSE(detail::starts_with("ab", std::string_view("abc")));
  CHECK(detail::ends_with("abc", "bc"));
  CHECK(detail::ends_with("abc", ""));
  CHECK_FALSE(detail::ends_with("bc", "abc"));
  CHECK_FALSE(detail::ends_with("abc", "ab"));
}

TEST_CASE("ascii: only the white space of RFC 9110, 5.6.3 is trimmed" CODE_SIZE) {
  CHECK(detail::trim(" \t a b\t ") == "a b");
  CHECK(detail::trim("") == "");
  CHECK(detail::trim(" \t ") == "");
  CHECK(detail::trim("a") == "a");
  CHECK(detail::trim("\r\na\n") == "\r\na\n");
  CHECK(detail::trim("\xa0"
                     "a") ==
        "\xa0"
        "a");
}

TEST_CASE("ascii: elements of a list" CODE_SIZE) {
  std::string_view list = "a,,b,";
  CHECK(detail::take_until(list, ',') == "a");
  CHECK(detail::take_until(list, ',') == "");
  CHECK(detail::take_until(list, ',') == "b");
  CHECK(list.data() != nullptr);
  CHECK(list.empty());
  CHECK(detail::take_until(list, ',') == "");
  CHECK(list.data() == nullptr);
}

TEST_CASE("ascii: comparison with a literal ends at its NUL" CODE_SIZE) {
  const std::string_view with_nul("ab\0", 3);
  CHECK(detail::equals("ab", "ab"));
  CHECK_FALSE(detail::equals("ab", "abc"));
  CHECK_FALSE(detail::equals("abc", "ab"));
  CHECK_FALSE(detail::equals(with_nul, "ab"));
  CHECK(detail::equals("", ""));
  CHECK(detail::starts_with(std::string_view("abc"), "ab"));
  CHECK(detail::starts_with(with_nul, "ab"));
  CHECK_FALSE(detail::starts_with(std::string_view("a"), "ab"));
  CHECK(detail::equals_ignoring_case(std::string_view("aB"), "Ab"));
  CHECK_FALSE(detail::equals_ignoring_case(std::string_view("a"), "ab"));
  CHECK_FALSE(detail::equals_ignoring_case(std::string_view("abc"), "ab"));
  CHECK_FALSE(detail::equals_ignoring_case(with_nul, "ab"));
}

TEST_CASE("ascii: position of a character, and parts of a list" CODE_SIZE) {
  CHECK(detail::find("abca", 'a') == 0);
  CHECK(detail::find("abca", 'c') == 2);
  CHECK(detail::find("abca", 'x') == 4);
  CHECK(detail::find("", 'x') == 0);
  CHECK(detail::contains("ab", 'b'));
  CHECK_FALSE(detail::contains("ab", '\0'));
  std::string_view list = " a\t, ,b";
  CHECK(detail::take_until(list, ',') == " a\t");
  CHECK(detail::take_until(list, ',') == " ");
  CHECK(list.data() != nullptr);
  CHECK(detail::take_until(list, ',') == "b");
  CHECK(list.data() == nullptr);
}

TEST_CASE("ascii: finds one of several names case-insensitively" CODE_SIZE) {
  constexpr const char* names = "date\0connection\0d\0";
  CHECK(detail::index_of("Date", names) == 0);
  CHECK(detail::index_of("CONNECTION", names) == 1);
  CHECK(detail::index_of("d", names) == 2);
  for (const char* const text : {"", "dat", "dates", "onnection", "e"}) {
    CAPTURE(text);
    CHECK(detail::index_of(text, names) == -1);
  }
  CHECK(detail::index_of(std::string_view("date\0connection", 15), names) == -1);
  CHECK(detail::index_of("a", "") == -1);
}
