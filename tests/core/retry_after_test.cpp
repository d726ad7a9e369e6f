// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <chrono>

#include <arc_identity/core/http/retry_after.hpp>

using arc_identity::http::retry_after;
using namespace std::chrono_literals;

TEST_CASE("Retry-After: seconds, eleven days at most") {
  CHECK(retry_after("0", "", 0s) == 0s);
  CHECK(retry_after("7", "", 0s) == 7s);
  CHECK(retry_after("1000000", "", 0s) == 1'000'000s);
  CHECK(retry_after("99999999999999999999", "", 0s) == 1'000'000s);
}

TEST_CASE("Retry-After: a date, by the agent's own or else by our clock") {
  constexpr const char* later = "Sun, 06 Nov 1994 08:49:37 GMT";
  constexpr const char* now = "Sun, 06 Nov 1994 08:49:30 GMT";
  CHECK(retry_after(later, now, 0s) == 7s);
  CHECK(retry_after(later, now, 784111700s) == 7s);
  CHECK(retry_after(later, "", 784111770s) == 7s);
  CHECK(retry_after(later, "", 0s) == 0s);
  CHECK(retry_after(now, later, 0s) == 0s);
  CHECK(retry_after("Sun, 06 Nov 2094 08:49:37 GMT", now, 0s) == 1'000'000s);
}

TEST_CASE("Retry-After: nothing where it is neither") {
  for (const char* const text : {"", "-1", "1.5", "soon"}) CHECK(retry_after(text, "", 9s) == 0s);
}
