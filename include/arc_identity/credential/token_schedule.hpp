// SPDX-License-Identifier: MIT
/// When a token is used, refreshed or fetched: the times of one token, with the time handed in. It
/// knows neither the token nor threads; whoever has both keeps one of these beside them.
#pragma once

#include <chrono>

#include <arc_identity/core/detail/config.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// Times are those of a monotonic clock.
class token_schedule {
 public:
  using time = std::chrono::milliseconds;

  /// What a caller who wants a token does.
  enum class action {
    use,      ///< Takes the token.
    refresh,  ///< Fetches the next token; until it is there, the old one holds.
    fetch,    ///< Fetches a token.
    wait,     ///< Waits for the fetch that is under way; then takes what came of it.
    fail,     ///< Takes the error of a moment ago.
  };

  /// `force`: the token that is there will not do.
  action next(time now, bool force) const noexcept {
    const bool is_usable = !force && holds(now);
    if (is_usable && (is_fetching_ || now < refresh_at_)) return action::use;
    if (is_fetching_) return action::wait;
    if (is_usable) return action::refresh;
    return now < retry_at_ ? action::fail : action::fetch;
  }

  /// Whether there is a token, and it has not ended.
  bool holds(time now) const noexcept { return now < ends_at_; }
  bool is_fetching() const noexcept { return is_fetching_; }
  /// When the next one is due; while that is being fetched, when to try again if none comes.
  time refresh_at() const noexcept { return refresh_at_; }

  void on_fetch(time now) noexcept {
    is_fetching_ = true;
    postpone_refresh(now);
  }

  /// A token came that is good for `lifetime` from `begin` on.
  void on_token(time begin, time lifetime) noexcept {
    is_fetching_ = false;
    ends_at_ = begin + lifetime;
    refresh_at_ = begin + time_to_refresh(lifetime);
  }

  /// No token came ahead of time. The older one stays, and the next try waits a while; who has none
  /// that holds may try at once, and for longer.
  void on_refresh_error(time now, time retry_after) noexcept {
    is_fetching_ = false;
    postpone_refresh(now, pause(retry_after));
  }

  /// No token came, in all the time that there was. The error is told without a new try for a
  /// second, or for as long as the agent asks to be left alone, a minute at most.
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

  /// A second, or what the agent asks for, a minute at most.
  static time pause(time retry_after) noexcept {
    constexpr time shortest = std::chrono::seconds(1);
    constexpr time longest = std::chrono::minutes(1);
    if (retry_after > longest) return longest;
    return retry_after > shortest ? retry_after : shortest;
  }

  /// Half of a life of two hours or more, else all but five minutes; half of the shortest, too.
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
