// SPDX-License-Identifier: MIT
/// A thread-safe cache of tokens over a client: what most programs need. It starts no thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <utility>

#include <arc_identity/access_token.hpp>
#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/client.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/result.hpp>
#include <arc_identity/core/token_request.hpp>
#include <arc_identity/credential/striped_mutex.hpp>
#include <arc_identity/credential/token_cache.hpp>
#include <arc_identity/system/client.hpp>

ARC_IDENTITY_BEGIN

/// A cache of tokens over a client, which all threads and all copies share. Use one per process.
/// Any thread may call any method at any time. It holds tokens for 64 pairs of resource and
/// identity; another pair replaces the least recently used one. After `fork()`, a child may use it
/// only if no other thread was inside it at that moment: otherwise the child may wait for a fetch
/// that never ends. A thread inside it must not be cancelled (pthread_cancel): that would end the
/// program.
template <class Client>
class basic_credential {
 public:
  /// No time limit set by the caller.
  static constexpr std::chrono::milliseconds no_timeout = (std::chrono::milliseconds::max)();

  /// The texts of `options` are copied. The policies are copied for each fetch; they must not
  /// throw, and their clock must be callable from several threads.
  template <class... Policies>
  explicit basic_credential(const options& options = {}, Policies... policies)
      : state_(std::make_shared<state>(options, std::move(policies)...)) {}

  /// A copy shares the cache. A move is a copy, so that every credential has a cache.
  basic_credential(const basic_credential&) = default;
  /// Shares the cache of the other.
  basic_credential& operator=(const basic_credential&) = default;
  ~basic_credential() = default;

  /// A token for the resource: the cached one, otherwise a new one from the agent. All threads that
  /// need it at the same time wait for one fetch, for `options::total_timeout` at most. One caller
  /// refreshes the token before it expires, for `options::refresh_timeout` at most: halfway through
  /// a lifetime of at least two hours or of less than ten minutes, otherwise five minutes before
  /// the end. The other callers, and this one if the refresh fails, get the old token as long as it
  /// is valid. Errors: as `basic_client::get_token`, and `out_of_memory`. An error is returned
  /// again, without a new attempt, for a second, or for as long as a busy agent asks (Retry-After),
  /// at most a minute. Throws `std::bad_alloc` if there is no memory for a new resource. A
  /// `timeout` below `options::total_timeout` applies to this caller only: if it ends the call, the
  /// other waiting callers try for themselves.
  result<access_token> get_token(const token_request& request,
                                 std::chrono::milliseconds timeout = no_timeout) {
    return get(request, false, timeout);
  }

  /// A new token although one is cached, for use when a service has refused the cached one. Threads
  /// that call it at the same time share one fetch.
  result<access_token> force_refresh(const token_request& request) {
    return get(request, true, no_timeout);
  }

  /// As `force_refresh`, unless the cache now has a token other than `refused`.
  result<access_token> force_refresh(const token_request& request, const access_token& refused,
                                     std::chrono::milliseconds timeout = no_timeout) {
    result<access_token> cached = get(request, false, timeout);
    return cached && cached->secret() == refused.secret() ? get(request, true, timeout) : cached;
  }

  /// Refreshes the tokens that are due and have been used since this method last refreshed them,
  /// one after another, each for `options::refresh_timeout` at most. Call it from an event loop or
  /// a timer, so that `get_token` does not refresh. Returns the number of new tokens.
  std::size_t refresh_due() {
    std::size_t refreshed = 0;
    const time begin = now();  // Tokens that fall due meanwhile are left to the next call.
    lock guard(state_->mutex);
    for (;;) {
      const shared_entry due = state_->cache.find_due(begin);
      if (due == nullptr) return refreshed;
      due->forget_use();  // A use during the fetch counts for the next refresh.
      if (refresh(*due, guard, state_->settings.total_timeout)) {
        ++refreshed;
      } else {
        due->on_use(due->last_use());
      }
    }
  }

  /// The time until `refresh_due` has something to do: zero if it has now,
  /// `std::chrono::milliseconds::max()` while no token is in use. Call it again after each
  /// `get_token`: the first one for a resource puts it in use.
  std::chrono::milliseconds next_refresh() const {
    const lock guard(state_->mutex);
    const std::chrono::milliseconds next = state_->cache.next_refresh();
    if (next == (next.max)()) return next;
    const std::chrono::milliseconds present = now();
    return next > present ? next - present : next.zero();
  }

 private:
  using time = std::chrono::milliseconds;
  using entry = detail::cache_entry;
  using shared_entry = std::shared_ptr<entry>;
  using lock = std::unique_lock<std::mutex>;
  using writing = std::lock_guard<detail::striped_mutex>;
  static constexpr std::size_t workspace_bytes = std::size_t{64} * 1024;

  struct state {
    template <class... Policies>
    explicit state(const options& given, Policies... policies)
        : endpoint(given.endpoint),
          key_directory(given.key_directory),
          api_version(given.api_version),
          settings(own(given)),
          prototype(settings, std::move(policies)...) {}

    options own(options given) const noexcept {
      given.endpoint = endpoint;
      given.key_directory = key_directory;
      given.api_version = api_version;
      return given;
    }

    /// Locked by readers of the cache, and exclusively while data that readers see is changed.
    detail::striped_mutex readers;
    /// Must be locked before `readers` to do more than read the cache; never held during a fetch.
    std::mutex mutex;
    const std::string endpoint;
    const std::string key_directory;
    const std::string api_version;
    const options settings;
    Client prototype;  ///< Copied for each fetch; only its clock is used directly.
    detail::token_cache cache;
  };

  time now() const { return state_->prototype.clock().now(); }

  result<access_token> get(const token_request& request, bool force, time timeout) {
    const time begin = now();
    {
      // cppcheck-suppress unreadVariable
      const detail::striped_mutex::reading reading(state_->readers);
      const shared_entry& cached = state_->cache.find(request);
      if (cached != nullptr && cached->next(begin, force) == entry::action::use) {
        cached->on_use(begin);
        return cached->token();
      }
    }
    return get_new(request, force, begin, timeout);
  }

  /// For a request without a usable token, or with one that is due for refresh.
  ARC_IDENTITY_COLD result<access_token> get_new(const token_request& request, bool force,
                                                 time begin, time timeout) {
    detail::reason rejection = detail::check(request);
    if (rejection == detail::reason::none) rejection = detail::check(state_->settings);
    if (rejection != detail::reason::none) return rejection;
    const time total(detail::bounded(state_->settings.total_timeout));
    const bool is_hurried = timeout < total;
    const time end = begin + (is_hurried ? timeout : total);
    lock guard(state_->mutex);
    const shared_entry cached = find_or_add(request);
    cached->on_use(begin);
    for (time present = begin;; present = now()) {
      const time left = present < end ? end - present : time(1);
      switch (cached->next(present, force)) {
        case entry::action::use: return cached->token();
        case entry::action::fail: return outcome_of(*cached);
        case entry::action::fetch:
          fetch(*cached, guard, is_hurried ? purpose::hurried_fetch : purpose::fetch, left);
          return outcome_of(*cached);
        case entry::action::refresh: refresh(*cached, guard, left); break;
        case entry::action::wait:
          if (!wait(*cached, guard, left)) {
            return detail::failure{errc::timed_out, "another thread's request took too long"};
          }
          if (cached->outcome()) return outcome_of(*cached);
          break;  // That thread may have had less time.
      }
    }
  }

  shared_entry find_or_add(const token_request& request) {
    const shared_entry& cached = state_->cache.find(request);
    if (cached != nullptr) return cached;
    const writing guard(state_->readers);
    return state_->cache.add(request);
  }

  /// The result of the last fetch. The token may have expired meanwhile.
  result<access_token> outcome_of(const entry& cached) const {
    if (!cached.outcome() || cached.holds(now())) return cached.outcome();
    return detail::failure{errc::timed_out, "the token expired before it arrived"};
  }

  /// Waits for another thread's fetch; returns whether it ended.
  static bool wait(entry& cached, lock& guard, time timeout) {
    const std::size_t before = cached.fetch_count();
    return cached.fetched.wait_for(guard, timeout, [&] { return cached.fetch_count() != before; });
  }

  const result<access_token>& refresh(entry& cached, lock& guard, time most) noexcept {
    const time usual = state_->settings.refresh_timeout;
    return fetch(cached, guard, purpose::refresh, usual < most ? usual : most);
  }

  /// Why a token is fetched: a caller needs one, a caller with less time than `total_timeout` needs
  /// one, or the current token is due for refresh.
  enum class purpose { fetch, hurried_fetch, refresh };

  /// Fetches a token; the lock is released meanwhile. The caller must share ownership of the entry.
  ARC_IDENTITY_COLD const result<access_token>& fetch(entry& cached, lock& guard, purpose why,
                                                      time timeout) noexcept {
    const time begin = now();
    on_fetch(cached, begin);
    guard.unlock();
    std::chrono::seconds lifetime{0};
    const result<access_token> fetched = fetch(cached.request(), timeout, lifetime);
    if (!fetched && why == purpose::refresh) notify_refresh_failed(fetched.error());
    guard.lock();
    const writing readers_guard(state_->readers);
    if (fetched) {
      cached.on_token(*fetched, begin, lifetime);
    } else if (why == purpose::fetch) {
      cached.on_fetch_error(fetched.error(), now());
    } else {
      cached.on_refresh_error(fetched.error(), now());
    }
    return cached.outcome();
  }

  void on_fetch(entry& cached, time begin) noexcept {
    const writing guard(state_->readers);
    cached.on_fetch(begin);
  }

  result<access_token> fetch(const token_request& request, time timeout,
                             std::chrono::seconds& lifetime) const noexcept {
    const std::unique_ptr<char[]> memory(new (std::nothrow) char[workspace_bytes]);
    if (memory == nullptr) return detail::reason::no_memory;
    const mutable_buffer workspace(memory.get(), workspace_bytes);
    Client one_call(state_->prototype);
    one_call.set_total_timeout(timeout);
    const result<token_response> response = one_call.get_token(request, workspace);
    if (!response) return response.error();
    lifetime = response->lifetime;
    access_token token =
        access_token::make(response->access_token, request.resource, response->expires_on);
    wipe(workspace);
    if (token.empty()) return detail::reason::no_memory;
    return token;
  }

  void notify_refresh_failed(const error& cause) const noexcept {
    const options& settings = state_->settings;
    if (settings.observer == nullptr) return;
    event event{event_kind::refresh_failed};
    event.reason = cause.code();
    event.http_status = cause.http_status();
    settings.observer(settings.observer_context, event);
  }

  std::shared_ptr<state> state_;
};

#if !defined(ARC_IDENTITY_SEPARATE_COMPILATION)
/// The credential of this platform.
using credential = basic_credential<system::client>;
#endif

ARC_IDENTITY_END
