// SPDX-License-Identifier: MIT
/// How long an unavailable peer asks clients to wait: `Retry-After` (RFC 9110, 10.2.3) in seconds.
/// A date is ignored.
#pragma once

#include <cstdint>

#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/detail/cursor.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// In milliseconds: 0 if the field holds no number, at most eleven days.
inline std::uint32_t retry_after(cursor field) noexcept {
  constexpr std::uint32_t longest = 1'000'000;
  std::uint32_t seconds = 0;
  if (!field.take_number(seconds) || !field.empty()) return 0;
  return (seconds < longest ? seconds : longest) * 1000;
}

}  // namespace detail
ARC_IDENTITY_END
