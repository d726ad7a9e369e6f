// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstdint>
#include <set>

#include <arc_identity/core/exchange/backoff.hpp>

namespace {

using arc_identity::detail::backoff;

}  // namespace

TEST_CASE("backoff: each wait lies between 1 ms and a bound that doubles from 200 ms to 6.4 s") {
  for (std::uint32_t seed : {0U, 1U, 2U, 12345U, 0x80000000U, 0xffffffffU}) {
    backoff waits;
    waits.seed(seed);
    for (int round = 0; round < 200; ++round) {
      std::uint32_t longest = 200;
      for (unsigned attempt = 1; attempt <= 20; ++attempt) {
        const std::uint32_t wait = waits.wait(attempt);
        if (wait < 1 || wait > longest) FAIL_CHECK("attempt " << attempt << ": " << wait);
        longest = longest < 6400 ? longest * 2 : 6400;
      }
    }
  }
  backoff unseeded;
  CHECK(unseeded.wait(1) >= 1);
  CHECK(unseeded.wait(4'000'000'000U) <= 6400);
  CHECK(unseeded.wait(6) != unseeded.wait(6));  // 0 is a valid seed
}

TEST_CASE("backoff: other seeds give other waits, and waits differ among themselves") {
  std::set<std::uint32_t> firsts;
  std::set<std::uint32_t> later;
  backoff one;
  one.seed(99);
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    backoff waits;
    waits.seed(seed * 2654435761U);
    firsts.insert(waits.wait(6));
    later.insert(one.wait(6));
  }
  CHECK(firsts.size() > 100);
  CHECK(later.size() > 100);
  CHECK(*firsts.begin() < 640);
  CHECK(*firsts.rbegin() > 5760);
}

TEST_CASE("backoff: the same seed gives the same waits") {
  backoff a;
  backoff b;
  a.seed(7);
  b.seed(7);
  for (unsigned attempt = 1; attempt < 10; ++attempt) CHECK(a.wait(attempt) == b.wait(attempt));
}

TEST_CASE(
    "backoff: a wait is cut to what leaves time for an attempt, but for what the peer asked") {
  using arc_identity::detail::fitting_wait;
  const struct {
    std::uint32_t wait;
    std::uint32_t asked;
    std::uint32_t left;
    std::uint32_t fitting;
  } cases[] = {
      {100, 0, 30'000, 100},
      {6000, 0, 30'000, 6000},
      {6000, 0, 3000, 1500},
      {6000, 0, 300, 200},
      {150, 0, 300, 150},
      {6000, 0, 0, 200},
      {7500, 7000, 30'000, 7500},
      {9000, 7000, 8000, 7500},
      {9000, 7000, 7100, 7200},
      {9000, 7000, 5000, 7200},
      {7000, 7000, 5000, 7000},
      {1'000'006'400, 1'000'000'000, 1, 1'000'000'200},
      {6000, 0, UINT32_MAX, 6000},
      {6000, 0, 299, 299},
      {30, 0, 130, 30},
      {30, 0, 129, 129},
      {2000, 2000, 2050, 2050},
      {2000, 2000, 2100, 2000},
  };
  for (const auto& c : cases) {
    CAPTURE(c.wait);
    CAPTURE(c.left);
    CHECK(fitting_wait(c.wait, c.asked, c.left) == c.fitting);
  }
}
