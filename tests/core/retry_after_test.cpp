// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstdint>
#include <string_view>

#include <arc_identity/core/http/retry_after.hpp>

namespace {

std::uint32_t retry_after(std::string_view field) {
  return arc_identity::detail::retry_after(arc_identity::detail::cursor(field));
}

}  // namespace

TEST_CASE("Retry-After: seconds become milliseconds, eleven days at most") {
  CHECK(retry_after("0") == 0);
  CHECK(retry_after("7") == 7'000);
  CHECK(retry_after("007") == 7'000);
  CHECK(retry_after("999999") == 999'999'000);
  for (const char* const text :
       {"1000000", "1000001", "2147484", "4294967295", "4294967296", "4294968296",
        "18446744073709551617", "99999999999999999999999999"}) {
    CAPTURE(text);
    CHECK(retry_after(text) == 1'000'000'000);
  }
}

TEST_CASE("Retry-After: anything but a number of seconds is ignored") {
  for (const char* const text :
       {"", "-1", "+1", "1.5", "1 ", "1s", "soon", "Sun, 06 Nov 1994 08:49:37 GMT"}) {
    CAPTURE(text);
    CHECK(retry_after(text) == 0);
  }
}
