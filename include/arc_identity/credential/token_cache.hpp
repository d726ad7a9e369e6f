// SPDX-License-Identifier: MIT
/// The data of a credential: a token for each resource and identity, and when to fetch the next.
/// The cache neither locks nor fetches, and the time is passed in. Several threads may call `const`
/// methods and `on_use` at once.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include <arc_identity/access_token.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/managed_identity_id.hpp>
#include <arc_identity/core/result.hpp>
#include <arc_identity/core/token_request.hpp>
#include <arc_identity/credential/token_schedule.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// The token of one resource and identity. Times are those of the client's monotonic clock.
class cache_entry {
 public:
  using time = std::chrono::milliseconds;
  using action = token_schedule::action;

  explicit cache_entry(const token_request& request)
      : resource_(request.resource),
        identity_(request.identity.value()),
        kind_(request.identity.kind()) {}

  bool is_for(const token_request& request) const noexcept {
    return resource_ == request.resource && kind_ == request.identity.kind() &&
           identity_ == request.identity.value();
  }

  token_request request() const noexcept {
    return token_request(resource_, managed_identity_id(kind_, identity_));
  }

  /// `force`: the current token must be replaced.
  action next(time now, bool force) const noexcept { return schedule_.next(now, force); }

  /// Whether the next token will be needed: it is being fetched, or the current one was used since
  /// `forget_use()`.
  bool is_in_use() const noexcept {
    return is_fetching() || (is_used_.load(std::memory_order_relaxed) && !token_.empty());
  }

  /// Whether it is time to fetch the next token.
  bool is_refresh_due(time now) const noexcept {
    return is_in_use() && !is_fetching() && now >= refresh_at();
  }

  /// When to fetch the next token; during a fetch, when to try again if the fetch fails.
  time refresh_at() const noexcept { return schedule_.refresh_at(); }
  time last_use() const noexcept { return last_use_.load(std::memory_order_relaxed); }
  bool is_fetching() const noexcept { return schedule_.is_fetching(); }
  bool holds(time now) const noexcept { return schedule_.holds(now); }
  const access_token& token() const noexcept { return token_; }
  const result<access_token>& outcome() const noexcept { return outcome_; }
  std::size_t fetch_count() const noexcept { return fetch_count_; }

  /// Writes only what changes, so that processors that read an entry do not contend for it.
  void on_use(time now) noexcept {
    if (last_use() != now) last_use_.store(now, std::memory_order_relaxed);
    if (!is_used_.load(std::memory_order_relaxed)) is_used_.store(true, std::memory_order_relaxed);
  }

  void forget_use() noexcept { is_used_.store(false, std::memory_order_relaxed); }

  void on_fetch(time now) noexcept { schedule_.on_fetch(now); }

  /// A token was received, valid for `lifetime` from `begin`.
  void on_token(access_token token, time begin, time lifetime) noexcept {
    token_ = token;
    schedule_.on_token(begin, lifetime);
    on_outcome(std::move(token));
  }

  /// A refresh ahead of time failed.
  void on_refresh_error(const error& cause, time now) noexcept {
    schedule_.on_refresh_error(now, cause.retry_after());
    on_outcome(cause);
  }

  /// No token was received within the time limit.
  void on_fetch_error(const error& cause, time now) noexcept {
    schedule_.on_fetch_error(now, cause.retry_after());
    on_outcome(cause);
  }

  std::condition_variable fetched;          ///< Notified when a fetch ends.
  std::shared_ptr<cache_entry> next_entry;  ///< The next one in the cache's list.

 private:
  void on_outcome(result<access_token> outcome) noexcept {
    outcome_ = std::move(outcome);
    ++fetch_count_;
    fetched.notify_all();
  }

  const std::string resource_;
  const std::string identity_;
  const managed_identity_kind kind_;
  access_token token_;
  result<access_token> outcome_{
      detail::failure{errc::timed_out, "no fetch has ended"}};  ///< The last fetch's result.
  token_schedule schedule_;
  std::atomic<time> last_use_{time{0}};
  std::size_t fetch_count_ = 0;  ///< The number of ended fetches.
  std::atomic<bool> is_used_{false};
};

/// Up to `max_entries` entries. A further one replaces the least recently used one whose token is
/// not being fetched.
class token_cache {
 public:
  static constexpr std::size_t max_entries = 64;
  using time = cache_entry::time;
  using shared_entry = std::shared_ptr<cache_entry>;

  /// The cache's own pointer to the entry; a null pointer if there is none.
  const shared_entry& find(const token_request& request) const noexcept {
    const shared_entry* each = &first_;
    while (*each != nullptr && !(*each)->is_for(request)) each = &(*each)->next_entry;
    return *each;
  }

  /// A new entry, for a key that was not found.
  shared_entry add(const token_request& request) {
    auto added = std::make_shared<cache_entry>(request);
    while (count() >= max_entries && drop_oldest()) {
    }
    auto* end = &first_;
    while (*end != nullptr) end = &(*end)->next_entry;
    return *end = std::move(added);
  }

  /// An entry whose next token is due, or null.
  const shared_entry& find_due(time now) const noexcept {
    const shared_entry* each = &first_;
    while (*each != nullptr && !(*each)->is_refresh_due(now)) each = &(*each)->next_entry;
    return *each;
  }

  /// When the next refresh is due; `time::max()` if none is.
  time next_refresh() const noexcept {
    time next = (time::max)();
    for (cache_entry* each = first_.get(); each != nullptr; each = each->next_entry.get()) {
      if (each->is_in_use() && each->refresh_at() < next) next = each->refresh_at();
    }
    return next;
  }

 private:
  std::size_t count() const noexcept {
    std::size_t entries = 0;
    for (cache_entry* each = first_.get(); each != nullptr; each = each->next_entry.get()) {
      ++entries;
    }
    return entries;
  }

  /// False if the tokens of all entries are being fetched.
  bool drop_oldest() noexcept {
    shared_entry* oldest = nullptr;  // The pointer that owns it.
    for (auto* each = &first_; *each != nullptr; each = &(*each)->next_entry) {
      if ((*each)->is_fetching()) continue;
      if (oldest == nullptr || (*each)->last_use() < (*oldest)->last_use()) oldest = each;
    }
    if (oldest == nullptr) return false;
    auto rest = std::move((*oldest)->next_entry);
    *oldest = std::move(rest);
    return true;
  }

  shared_entry first_;  ///< The first one in the list.
};

}  // namespace detail
ARC_IDENTITY_END
