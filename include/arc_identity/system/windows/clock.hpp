// SPDX-License-Identifier: MIT
/// The Clock policy on Windows.
#pragma once

#include <chrono>
#include <cstdint>

#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/system/windows/kernel32.hpp>

ARC_IDENTITY_BEGIN
namespace system {

class clock {
 public:
  /// Includes the time that the machine sleeps. It advances in steps of 10 to 16 ms.
  std::chrono::milliseconds now() const noexcept {
    return std::chrono::milliseconds(static_cast<std::int64_t>(detail::win32::GetTickCount64()));
  }

  std::chrono::seconds unix_time() const noexcept {
    constexpr std::int64_t from_1601_to_1970 = 11'644'473'600;
    constexpr std::int64_t units_in_a_second = 10'000'000;
    detail::win32::file_time time{};
    detail::win32::GetSystemTimeAsFileTime(reinterpret_cast<_FILETIME*>(&time));
    const std::int64_t units = std::int64_t{time.high} << 32 | std::int64_t{time.low};
    return std::chrono::seconds(units / units_in_a_second - from_1601_to_1970);
  }

  void sleep_for(std::chrono::milliseconds time) const noexcept {
    constexpr std::chrono::milliseconds longest = std::chrono::hours(24);
    for (; time > longest; time -= longest) sleep(longest);
    if (time.count() > 0) sleep(time);
  }

 private:
  static void sleep(std::chrono::milliseconds time) noexcept {
    detail::win32::Sleep(static_cast<detail::win32::dword>(time.count()));
  }
};

}  // namespace system
ARC_IDENTITY_END
