// SPDX-License-Identifier: MIT
#include <chrono>
#include <ctime>
#include <thread>

#include <doctest/doctest.h>
#include <arc_identity/system/platform.hpp>

namespace {

using namespace std::chrono_literals;
using system_clock = arc_identity::system::clock;

}  // namespace

TEST_CASE("clock, Windows: now() advances at normal speed and never goes back") {
  const system_clock clock;
  const auto begin = std::chrono::steady_clock::now();
  const std::chrono::milliseconds first = clock.now();
  std::chrono::milliseconds last = first;
  while (std::chrono::steady_clock::now() - begin < 300ms) {
    const std::chrono::milliseconds now = clock.now();
    CHECK(now >= last);
    last = now;
    std::this_thread::sleep_for(5ms);
  }
  CHECK(last - first > 200ms);
  CHECK(last - first < 1000ms);
}

TEST_CASE("clock, Windows: unix_time() is the time of day") {
  const auto seconds = std::chrono::seconds(std::time(nullptr));
  const auto difference = system_clock().unix_time() - seconds;
  CHECK(difference >= -1s);
  CHECK(difference <= 1s);
}

TEST_CASE("clock, Windows: sleeps for the given time") {
  const system_clock clock;
  auto begin = std::chrono::steady_clock::now();
  clock.sleep_for(120ms);
  CHECK(std::chrono::steady_clock::now() - begin > 90ms);
  CHECK(std::chrono::steady_clock::now() - begin < 1s);
  begin = std::chrono::steady_clock::now();
  clock.sleep_for(0ms);
  clock.sleep_for(-1ms);
  CHECK(std::chrono::steady_clock::now() - begin < 1s);
}
