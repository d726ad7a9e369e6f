// SPDX-License-Identifier: MIT
/// A mutex for data that is read often, from all processors, and rarely written.
#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>

#include <arc_identity/core/detail/config.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// One mutex for each of several groups of threads. A reader locks its group's mutex, whose memory
/// other processors seldom access; a writer locks all of them, with `std::lock_guard`.
class striped_mutex {
 public:
  /// A reader's lock.
  class reading {
   public:
    explicit reading(striped_mutex& mutex) : guard_(mutex.mine()) {}

   private:
    std::lock_guard<std::mutex> guard_;
  };

  void lock() {
    for (stripe& each : stripes_) each.mutex.lock();
  }
  void unlock() {
    for (stripe& each : stripes_) each.mutex.unlock();
  }

 private:
  static constexpr std::size_t count = 8;
  static constexpr std::size_t cache_line = 64;

  struct alignas(cache_line) stripe {
    std::mutex mutex;
  };

  std::mutex& mine() {
    static std::atomic<std::size_t> threads{0};
    thread_local std::size_t group = count;  // None yet.
    if (group == count) group = threads.fetch_add(1, std::memory_order_relaxed) % count;
    return stripes_[group].mutex;
  }

  stripe stripes_[count];
};

}  // namespace detail
ARC_IDENTITY_END
