// SPDX-License-Identifier: MIT
// The lock of a cache that many threads read at once.

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <arc_identity/credential/striped_mutex.hpp>

using arc_identity::detail::striped_mutex;

namespace {

/// How many of four other readers get the lock while this thread reads; waits for `wanted`.
int passing(striped_mutex& mutex, int wanted) {
  std::atomic<int> passed{0};
  std::vector<std::thread> others;
  int seen = 0;
  {
    const striped_mutex::reading mine(mutex);
    for (int i = 0; i < 4; ++i) {
      others.emplace_back([&] {
        const striped_mutex::reading reading(mutex);
        ++passed;
      });
    }
    for (int tries = 0; tries < 1000 && passed < wanted; ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    seen = passed;
  }
  for (std::thread& other : others) other.join();
  CHECK(passed == 4);
  return seen;
}

}  // namespace

TEST_CASE("striped mutex: readers do not wait for a reader of another group") {
  striped_mutex mutex;
  CHECK(passing(mutex, 3) >= 3);
}

TEST_CASE("striped mutex: readers wait for a writer") {
  striped_mutex mutex;
  std::atomic<bool> is_writing{true};
  std::atomic<bool> was_writing{false};
  std::unique_lock<striped_mutex> writing(mutex);
  std::thread reader([&] {
    const striped_mutex::reading reading(mutex);
    was_writing = is_writing.load();
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  is_writing = false;
  writing.unlock();
  reader.join();
  CHECK_FALSE(was_writing);
}
