// SPDX-License-Identifier: MIT
//
// Stand-ins for the few types of azure-core that azure_core.hpp uses, with the signatures and
// meanings of its public headers (1.17). Debian has no package of azure-core.

#pragma once

#include <chrono>
#include <cstdint>
#include <ratio>

namespace Azure {

/// Counts 100 ns, like azure-core's, so that conversions are the same.
class DateTime final {
 public:
  using duration = std::chrono::duration<std::int64_t, std::ratio<1, 10000000>>;

  constexpr explicit DateTime(duration since_epoch) : since_epoch_(since_epoch) {}
  constexpr explicit DateTime(std::chrono::system_clock::time_point time)
      : since_epoch_(std::chrono::duration_cast<duration>(time.time_since_epoch())) {}

  /// The years 1 and 9999, in UTC.
  static constexpr DateTime(min)() { return DateTime(duration(-621355968000000000)); }
  static constexpr DateTime(max)() { return DateTime(duration(2534023007990000000)); }

  friend constexpr bool operator<(DateTime left, DateTime right) {
    return left.since_epoch_ < right.since_epoch_;
  }
  friend constexpr duration operator-(DateTime left, DateTime right) {
    return left.since_epoch_ - right.since_epoch_;
  }

 private:
  duration since_epoch_;
};

}  // namespace Azure
