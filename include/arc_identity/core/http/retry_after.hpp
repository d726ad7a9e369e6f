// SPDX-License-Identifier: MIT
/// How long an agent that is not available asks to be left alone: `Retry-After` (RFC 9110, 10.2.3).
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/exchange/backoff.hpp>
#include <arc_identity/core/http/date.hpp>

ARC_IDENTITY_BEGIN
namespace http {

/// What `field` asks for: seconds, or a date, which is told by the response's own `date` or else by
/// `now`, our clock. Nothing where it is neither, or has passed; eleven days at most.
ARC_IDENTITY_NOINLINE inline detail::brief_time retry_after(std::string_view field,
                                                            std::string_view date,
                                                            std::chrono::seconds now) noexcept {
  constexpr std::int64_t longest = 1'000'000;
  std::int64_t seconds = detail::parse_decimal(field);
  if (seconds < 0) {
    std::int64_t from = parse_date(date);
    if (from < 0) from = now.count();
    if (from > 0) seconds = parse_date(field) - from;
  }
  if (seconds > longest) seconds = longest;
  return detail::brief_time(seconds > 0 ? static_cast<std::int32_t>(seconds) * 1000 : 0);
}

}  // namespace http
ARC_IDENTITY_END
