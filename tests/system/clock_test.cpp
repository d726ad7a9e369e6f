// SPDX-License-Identifier: MIT

#include <pthread.h>
#include <signal.h>

#include <chrono>
#include <thread>

#include <doctest/doctest.h>
#include <arc_identity/system/platform.hpp>

using namespace std::chrono_literals;

TEST_CASE("clock: now() advances and never goes back") {
  const arc_identity::system::clock clock;
  auto last = clock.now();
  for (int i = 0; i < 1000; ++i) {
    const auto now = clock.now();
    CHECK(now >= last);
    last = now;
  }
  const auto before = clock.now();
  clock.sleep_for(30ms);
  CHECK(clock.now() - before >= 10ms);
  CHECK(clock.now() - before < 1s);
}

TEST_CASE("clock: unix_time() is the time of day") {
  const auto expected = std::chrono::duration_cast<std::chrono::seconds>(
      std::chrono::system_clock::now().time_since_epoch());
  const auto difference = arc_identity::system::clock().unix_time() - expected;
  CHECK(difference >= -1s);
  CHECK(difference <= 1s);
}

TEST_CASE("clock: sleeping for zero or less returns at once") {
  const arc_identity::system::clock clock;
  const auto before = clock.now();
  clock.sleep_for(0ms);
  CHECK(clock.now() - before < 500ms);
}

TEST_CASE("clock: a signal does not end a sleep early") {
  struct sigaction quiet {};
  struct sigaction former {};
  quiet.sa_handler = [](int) {};
  REQUIRE(::sigaction(SIGUSR1, &quiet, &former) == 0);
  const pthread_t sleeper = ::pthread_self();
  std::thread waker([sleeper] {
    std::this_thread::sleep_for(20ms);
    ::pthread_kill(sleeper, SIGUSR1);
  });
  const arc_identity::system::clock clock;
  const auto before = clock.now();
  clock.sleep_for(80ms);
  CHECK(clock.now() - before >= 55ms);
  waker.join();
  ::sigaction(SIGUSR1, &former, nullptr);
}
