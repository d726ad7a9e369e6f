// SPDX-License-Identifier: MIT
/// A cache of tokens over a client, safe to use from many threads: what most programs want. It
/// starts no thread.
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

/// One per process is meant; copies share one cache. Any thread may call any method at any time.
/// It holds a token each for 64 pairs of resource and identity; a further one takes the place of
/// the one not used for the longest time. After `fork()`, a child may use it only where no other
/// thread was in it at that moment: what another was fetching then is waited for in vain. A thread
/// in it must not be cancelled (pthread_cancel): that would end the program.
template <class Client>
class basic_credential {
 public:
  /// No time limit of the caller's own.
  static constexpr std::chrono::milliseconds no_timeout = (std::chrono::milliseconds::max)();

  /// The texts of `options` are copied. The policies are copied for each fetch; they must not
  /// throw, and their clock must be callable from several threads.
  template <class... Policies>
  explicit basic_credential(const options& options = {}, Policies... policies)
      : state_(std::make_shared<state>(options, std::move(policies)...)) {}

  /// A copy shares the cache. A move is a copy: none is without a cache.
  basic_credential(const basic_credential&) = default;
  /// Shares the cache of the other.
  basic_credential& operator=(const basic_credential&) = default;
  ~basic_credential() = default;

  /// A token for the resource: the cached one, else a new one from the agent, for which all
  /// threads that ask at the same time wait together, for `options::total_timeout` at most.
  /// Past half of a life of two hours or more, or of less than ten minutes, else from five minutes
  /// before the end, one caller refreshes the token, for `options::refresh_timeout` at most; the
  /// others, and that one too where it fails, get the old one as long as it holds. Errors: as
  /// `basic_client::get_token`, and `out_of_memory`. An error comes back without a new try
  /// for a second, or for as long as a busy agent asks (Retry-After), a minute at most. Throws
  /// `std::bad_alloc` where there is no memory to remember a new resource.
  /// A `timeout` below `options::total_timeout` is this caller's alone: where it ends the call, the
  /// others that wait try for themselves.
  result<access_token> get_token(const token_request& request,
                                 std::chrono::milliseconds timeout = no_timeout) {
    return get(request, false, timeout);
  }

  /// A new token although one is cached: for when a service has refused that. Threads that ask at
  /// the same time share one fetch.
  result<access_token> force_refresh(const token_request& request) {
    return get(request, true, no_timeout);
  }

  /// As `force_refresh`, unless the cache has another token than `refused` by now.
  result<access_token> force_refresh(const token_request& request, const access_token& refused,
                                     std::chrono::milliseconds timeout = no_timeout) {
    result<access_token> cached = get(request, false, timeout);
    return cached && cached->secret() == refused.secret() ? get(request, true, timeout) : cached;
  }

  /// Refreshes the tokens that are due and were used since it last did so, one after the other,
  /// each for `options::refresh_timeout` at most; for an event loop or a timer, so that `get_token`
  /// need not. Returns how many new tokens there are.
  std::size_t refresh_due() {
    std::size_t refreshed = 0;
    const time begin = now();  // What falls due meanwhile is for the next call.
    lock guard(state_->mutex);
    for (;;) {
      const shared_entry due = state_->cache.find_due(begin);
      if (due == nullptr) return refreshed;
      due->forget_use();  // A use while it is fetched counts for the next time.
      if (refresh(*due, guard, state_->settings.total_timeout)) {
        ++refreshed;
      } else {
        due->on_use(due->last_use());
      }
    }
  }

  /// How long until `refresh_due` has something to do; zero where it has now,
  /// `std::chrono::milliseconds::max()` as long as nothing is in use. Ask again after each
  /// `get_token`: the first one for a resource brings it into use.
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

    /// Whoever reads the cache has this as a reader; while what readers see is changed, as a
    /// writer.
    detail::striped_mutex readers;
    /// Whoever does more than read the cache has this before; never during a fetch.
    std::mutex mutex;
    const std::string endpoint;
    const std::string key_directory;
    const std::string api_version;
    const options settings;
    Client prototype;  ///< Copied for each fetch; only its clock is used itself.
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

  /// There is none to use, or it is time for the next.
  result<access_token> get_new(const token_request& request, bool force, time begin, time timeout) {
    detail::reason rejection = detail::check(request);
    if (rejection == detail::reason::none) rejection = detail::check(state_->settings);
    if (rejection != detail::reason::none) return detail::violation(rejection);
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
            return detail::failure{errc::timed_out, "the request of another thread takes too long"};
          }
          if (cached->outcome()) return outcome_of(*cached);
          break;  // That one had less time, perhaps.
      }
    }
  }

  shared_entry find_or_add(const token_request& request) {
    const shared_entry& cached = state_->cache.find(request);
    if (cached != nullptr) return cached;
    const writing guard(state_->readers);
    return state_->cache.add(request);
  }

  /// What came of the last fetch. A token may have ended on the way to here.
  result<access_token> outcome_of(const entry& cached) const {
    if (!cached.outcome() || cached.holds(now())) return cached.outcome();
    return detail::failure{errc::timed_out, "the token ended before it was here"};
  }

  /// Waits for another thread's fetch; whether that came to its end.
  static bool wait(entry& cached, lock& guard, time timeout) {
    const std::size_t before = cached.fetch_count();
    return cached.fetched.wait_for(guard, timeout, [&] { return cached.fetch_count() != before; });
  }

  const result<access_token>& refresh(entry& cached, lock& guard, time most) noexcept {
    const time usual = state_->settings.refresh_timeout;
    return fetch(cached, guard, purpose::refresh, usual < most ? usual : most);
  }

  /// A token that is needed, also by one caller with less time than others have, or the next one
  /// ahead of time.
  enum class purpose { fetch, hurried_fetch, refresh };

  /// Fetches a token, with the lock released meanwhile. The entry must be shared by the caller.
  const result<access_token>& fetch(entry& cached, lock& guard, purpose why,
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
    if (memory == nullptr) return no_memory();
    const mutable_buffer workspace(memory.get(), workspace_bytes);
    Client one_call(state_->prototype);
    one_call.set_total_timeout(timeout);
    const result<token_response> response = one_call.get_token(request, workspace);
    if (!response) return response.error();
    lifetime = response->lifetime;
    access_token token =
        access_token::make(response->access_token, request.resource, response->expires_on);
    wipe(workspace);
    if (token.empty()) return no_memory();
    return token;
  }

  static detail::failure no_memory() noexcept {
    return detail::violation(detail::reason::no_memory);
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
