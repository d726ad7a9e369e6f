// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

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
      long long longest = 200;
      for (unsigned attempt = 1; attempt <= 20; ++attempt) {
        const long long wait = waits.wait(attempt).count();
        if (wait < 1 || wait > longest) FAIL_CHECK("attempt " << attempt << ": " << wait);
        longest = longest < 6400 ? longest * 2 : 6400;
      }
    }
  }
  backoff unseeded;
  CHECK(unseeded.wait(1).count() >= 1);
  CHECK(unseeded.wait(4'000'000'000U).count() <= 6400);
}

TEST_CASE("backoff: other seeds give other waits, and waits differ among themselves") {
  std::set<long long> firsts;
  std::set<long long> later;
  backoff one;
  one.seed(99);
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    backoff waits;
    waits.seed(seed * 2654435761U);
    firsts.insert(waits.wait(6).count());
    later.insert(one.wait(6).count());
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
