// SPDX-License-Identifier: MIT

#include <chrono>

#include <doctest/doctest.h>
#include <arc_identity/testing/manual_clock.hpp>

using namespace std::chrono_literals;
using arc_identity::testing::manual_clock;

TEST_CASE("manual_clock: changes only when advanced, in all copies") {
  manual_clock clock(1000s);
  const manual_clock copy = clock;
  const auto begin = clock.now();
  CHECK(copy.now() == begin);
  CHECK(copy.unix_time() == 1000s);
  clock.advance(1500ms);
  CHECK(copy.now() - begin == 1500ms);
  CHECK(copy.unix_time() == 1001s);
  clock.advance(500ms);
  CHECK(copy.unix_time() == 1002s);
  CHECK(copy.slept() == 0ms);
}

TEST_CASE("manual_clock: sleeping advances it") {
  manual_clock clock;
  const auto begin = clock.now();
  clock.sleep_for(250ms);
  clock.sleep_for(250ms);
  CHECK(clock.now() - begin == 500ms);
  CHECK(clock.slept() == 500ms);
}

TEST_CASE("manual_clock: a step of the wall clock does not move now()") {
  manual_clock clock;
  const auto begin = clock.now();
  clock.set_unix_time(0s);
  CHECK(clock.unix_time() == 0s);
  CHECK(clock.now() == begin);
}
