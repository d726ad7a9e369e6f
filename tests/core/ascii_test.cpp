// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>

#include <arc_identity/core/ascii.hpp>

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

TEST_CASE("ascii: classes of characters, over all bytes") {
  CHECK(bytes_with(detail::is_digit) == digits);
  CHECK(bytes_with(detail::is_alpha) == upper + lower);
  CHECK(bytes_with(detail::is_control) == range(0, 0x1f) + "\x7f");
  CHECK(bytes_with(detail::is_visible) == range(0x21, 0x7e));
  CHECK(bytes_with(detail::is_blank) == "\t ");
  CHECK(bytes_with(detail::is_unreserved) == "-." + digits + upper + "_" + lower + "~");
  CHECK(bytes_with(detail::is_token_char) == "!#$%&'*+-." + digits + upper + "^_`" + lower + "|~");
  CHECK(bytes_with(detail::is_field_char) == "\t" + range(0x20, 0x7e) + range(0x80, 0xff));
}

TEST_CASE("ascii: lower case is that of ASCII, whatever the locale") {
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

TEST_CASE("ascii: values of hexadecimal digits") {
  const std::string hex = digits + "abcdef";
  for (int byte = 0; byte < 256; ++byte) {
    const auto c = static_cast<char>(byte);
    const std::size_t at = hex.find(detail::to_lower(c));
    CHECK(detail::hex_value(c) == (at == std::string::npos ? -1 : static_cast<int>(at)));
  }
}

TEST_CASE("ascii: beginnings and ends") {
  CHECK(detail::starts_with("abc", "ab"));
  CHECK(detail::starts_with("abc", ""));
  CHECK_FALSE(detail::starts_with("ab", "abc"));
  CHECK_FALSE(detail::starts_with("", "a"));
  CHECK(detail::ends_with("abc", "bc"));
  CHECK(detail::ends_with("abc", ""));
  CHECK_FALSE(detail::ends_with("bc", "abc"));
  CHECK_FALSE(detail::ends_with("abc", "ab"));
}

TEST_CASE("ascii: white space around is trimmed, that of RFC 9110, 5.6.3, and no other") {
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

TEST_CASE("ascii: elements of a list") {
  std::string_view list = "a,,b,";
  CHECK(detail::take_until(list, ',') == "a");
  CHECK(detail::take_until(list, ',') == "");
  CHECK(detail::take_until(list, ',') == "b");
  CHECK(list.data() != nullptr);
  CHECK(list.empty());
  CHECK(detail::take_until(list, ',') == "");
  CHECK(list.data() == nullptr);
}

TEST_CASE("ascii: decimal numbers") {
  const auto parse = [](std::string_view text, std::uint64_t limit, std::uint64_t& value) {
    return detail::parse_decimal(text, limit, value);
  };
  using detail::number_status;
  std::uint64_t value = 77;
  CHECK(parse("0", 10, value) == number_status::ok);
  CHECK(value == 0);
  CHECK(parse("10", 10, value) == number_status::ok);
  CHECK(value == 10);
  CHECK(parse("0000000000000000000000000000000000000007", 10, value) == number_status::ok);
  CHECK(value == 7);
  CHECK(parse("11", 10, value) == number_status::overflow);
  CHECK(value == 10);
  CHECK(parse("100", 10, value) == number_status::overflow);
  CHECK(value == 10);
  constexpr std::uint64_t greatest_limit = 1'000'000'000'000'000'000;
  CHECK(parse("1000000000000000000", greatest_limit, value) == number_status::ok);
  CHECK(value == greatest_limit);
  CHECK(parse("1000000000000000001", greatest_limit, value) == number_status::overflow);
  CHECK(value == greatest_limit);
  CHECK(parse("9999999999999999999", greatest_limit, value) == number_status::overflow);
  CHECK(parse("18446744073709551616", greatest_limit, value) == number_status::overflow);
  CHECK(parse("99999999999999999999999999999999", greatest_limit, value) ==
        number_status::overflow);
  CHECK(parse("5", 4, value) == number_status::overflow);
  CHECK(parse("0", 0, value) == number_status::ok);
  CHECK(parse("1", 0, value) == number_status::overflow);
  for (const char* const text : {"", " ", "-1", "+1", "1 ", " 1", "1.0", "1e3", "0x1", "a", "1a",
                                 "999999999999999999999x", "\xd9\xa1"}) {
    CAPTURE(text);
    CHECK(parse(text, UINT64_MAX, value) == number_status::malformed);
  }
  CHECK(parse(std::string_view("1\0", 2), 10, value) == number_status::malformed);
}
