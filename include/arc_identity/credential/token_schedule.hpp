// SPDX-License-Identifier: MIT
/// When a token is used, refreshed or fetched. A schedule holds only the times of one token, and
/// the current time is passed in; its owner manages the token and the threads.
#pragma once

#include <chrono>

#include <arc_identity/core/detail/config.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// Times are those of a monotonic clock.
class token_schedule {
 public:
  using time = std::chrono::milliseconds;

  /// What a caller who needs a token must do.
  enum class action {
    use,      ///< Take the token.
    refresh,  ///< Fetch the next token; until it arrives, use the old one.
    fetch,    ///< Fetch a token.
    wait,     ///< Wait for the current fetch, then take its result.
    fail,     ///< Take the recent error.
  };

  /// `force`: the current token must be replaced.
  action next(time now, bool force) const noexcept {
    const bool is_usable = !force && holds(now);
    if (is_usable && (is_fetching_ || now < refresh_at_)) return action::use;
    if (is_fetching_) return action::wait;
    if (is_usable) return action::refresh;
    return now < retry_at_ ? action::fail : action::fetch;
  }

  /// Whether there is a token that has not expired.
  bool holds(time now) const noexcept { return now < ends_at_; }
  bool is_fetching() const noexcept { return is_fetching_; }
  /// When to fetch the next token; during a fetch, when to try again if the fetch fails.
  time refresh_at() const noexcept { return refresh_at_; }

  void on_fetch(time now) noexcept {
    is_fetching_ = true;
    postpone_refresh(now);
  }

  /// A token was received, valid for `lifetime` from `begin`.
  void on_token(time begin, time lifetime) noexcept {
    is_fetching_ = false;
    ends_at_ = begin + lifetime;
    refresh_at_ = begin + time_to_refresh(lifetime);
  }

  /// A refresh ahead of time failed. The old token stays, and the next attempt waits a while; a
  /// caller without a valid token may try at once, and for longer.
  void on_refresh_error(time now, time retry_after) noexcept {
    is_fetching_ = false;
    postpone_refresh(now, pause(retry_after));
  }

  /// No token was received within the time limit. The error is returned without a new attempt for a
  /// second, or for as long as the agent asks clients to wait, at most a minute.
  void on_fetch_error(time now, time retry_after) noexcept {
    retry_at_ = now + pause(retry_after);
    on_refresh_error(now, retry_after);
  }

 private:
  void postpone_refresh(time now, time at_least = time(0)) noexcept {
    constexpr time usual = std::chrono::seconds(30);
    const time wait = at_least > usual ? at_least : usual;
    if (refresh_at_ < now + wait) refresh_at_ = now + wait;
  }

  /// The wait that the agent asks for, but at least a second and at most a minute.
  static time pause(time retry_after) noexcept {
    constexpr time shortest = std::chrono::seconds(1);
    constexpr time longest = std::chrono::minutes(1);
    if (retry_after > longest) return longest;
    return retry_after > shortest ? retry_after : shortest;
  }

  /// Half of a lifetime of at least two hours or of less than ten minutes; otherwise all but the
  /// last five minutes.
  static time time_to_refresh(time lifetime) noexcept {
    constexpr std::chrono::hours long_life{2};
    constexpr std::chrono::minutes margin{5};
    return lifetime >= long_life || lifetime < 2 * margin ? lifetime / 2 : lifetime - margin;
  }

  time ends_at_ = (time::min)();
  time refresh_at_{0};
  time retry_at_ = (time::min)();
  bool is_fetching_ = false;
};

}  // namespace detail
ARC_IDENTITY_END
