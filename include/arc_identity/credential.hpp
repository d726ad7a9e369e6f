// SPDX-License-Identifier: MIT
/// A cache of tokens over a client, safe to use from many threads: what most programs want.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arc_identity/access_token.hpp>
#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/client.hpp>
#include <arc_identity/core/config.hpp>
#include <arc_identity/core/result.hpp>
#include <arc_identity/core/token_request.hpp>
#include <arc_identity/system/client.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// When a token ends, and when to look for the next one, on the client's monotonic clock.
struct token_schedule {
  std::chrono::milliseconds refresh_at{0};
  std::chrono::milliseconds ends_at{0};

  /// Half-way for tokens of two hours or more, else five minutes before the end; for tokens of
  /// less than ten minutes half-way, too.
  static token_schedule make(std::chrono::milliseconds begin,
                             std::chrono::milliseconds lifetime) noexcept {
    constexpr std::chrono::hours long_life{2};
    constexpr std::chrono::minutes margin{5};
    const bool halve = lifetime >= long_life || lifetime < 2 * margin;
    return {begin + (halve ? lifetime / 2 : lifetime - margin), begin + lifetime};
  }
};

/// The cached token of one resource and identity. All but the key is guarded by the mutex.
struct cache_entry {
  explicit cache_entry(const token_request& request)
      : resource(request.resource),
        identity(request.identity.value()),
        kind(request.identity.kind()) {}

  bool is_for(const token_request& request) const noexcept {
    return resource == request.resource && kind == request.identity.kind() &&
           identity == request.identity.value();
  }

  const std::string resource;
  const std::string identity;
  const managed_identity_kind kind;

  std::mutex mutex;
  std::condition_variable fetched;
  access_token token;
  token_schedule schedule;
  std::unique_ptr<error> last_error;  ///< Of the last fetch; null where it went well.
  std::size_t fetch_count = 0;        ///< Those that are over.
  bool is_fetching = false;
};

}  // namespace detail

/// One per process is meant; copies share one cache. Any thread may call any method at any time.
template <class Client>
class basic_credential {
 public:
  /// The texts of `options` are copied. The policies are copied for each fetch; their clock must
  /// be callable from several threads.
  template <class... Policies>
  explicit basic_credential(const options& options = {}, Policies... policies)
      : state_(std::make_shared<state>(options, std::move(policies)...)) {}

  /// A token for the resource: the cached one, else a new one from the agent. While one thread
  /// fetches, others that have no usable token wait for the same one; others get the old one.
  /// Errors: as `basic_client::get_token`.
  result<access_token> get_token(const token_request& request) { return get(request, false); }

  /// A new token although one is cached: for when a service has refused that. Threads that ask at
  /// the same time share one fetch.
  result<access_token> force_refresh(const token_request& request) { return get(request, true); }

 private:
  using entry = detail::cache_entry;
  using lock = std::unique_lock<std::mutex>;
  static constexpr std::size_t workspace_bytes = 64 * 1024;
  static constexpr std::chrono::seconds refresh_retry{30};

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

    const std::string endpoint;
    const std::string key_directory;
    const std::string api_version;
    const options settings;
    Client prototype;
    std::mutex mutex;  ///< Guards the list; an entry stays where it is.
    std::vector<std::unique_ptr<entry>> entries;
  };

  entry& find_entry(const token_request& request) {
    const std::lock_guard<std::mutex> guard(state_->mutex);
    for (const std::unique_ptr<entry>& candidate : state_->entries) {
      if (candidate->is_for(request)) return *candidate;
    }
    state_->entries.push_back(std::make_unique<entry>(request));
    return *state_->entries.back();
  }

  std::chrono::milliseconds now() const { return state_->prototype.clock().now(); }

  result<access_token> get(const token_request& request, bool force) {
    const detail::objection objection = detail::check(request);
    if (objection != nullptr) return detail::failure{errc::invalid_argument, objection};
    entry& cached = find_entry(request);
    lock guard(cached.mutex);
    if (!force && is_usable(cached) && (cached.is_fetching || now() < cached.schedule.refresh_at)) {
      return cached.token;
    }
    return cached.is_fetching ? wait(cached, guard) : fetch(cached, guard, request, force);
  }

  bool is_usable(const entry& cached) const {
    return !cached.token.empty() && now() < cached.schedule.ends_at;
  }

  /// Waits for another thread's fetch.
  result<access_token> wait(entry& cached, lock& guard) {
    const std::size_t before = cached.fetch_count;
    const bool is_over =
        cached.fetched.wait_for(guard, detail::bounded(state_->settings.total_timeout),
                                [&] { return cached.fetch_count != before; });
    if (!is_over)
      return detail::failure{errc::timed_out, "another thread's request takes too long"};
    if (cached.last_error != nullptr) return *cached.last_error;
    return cached.token;
  }

  /// Fetches a token with the entry unlocked. Where it fails, a token that still holds will do,
  /// unless it is known to be refused (`force`); the next try then waits a while.
  result<access_token> fetch(entry& cached, lock& guard, const token_request& request, bool force) {
    cached.is_fetching = true;
    guard.unlock();
    detail::token_schedule schedule;
    result<access_token> fetched = fetch(request, schedule);
    guard.lock();
    cached.is_fetching = false;
    ++cached.fetch_count;
    cached.fetched.notify_all();
    if (fetched) {
      cached.token = *fetched;
      cached.schedule = schedule;
      cached.last_error.reset();
      return fetched;
    }
    cached.last_error = std::make_unique<error>(fetched.error());
    cached.schedule.refresh_at = now() + refresh_retry;
    if (!force && is_usable(cached)) return cached.token;
    return fetched;
  }

  result<access_token> fetch(const token_request& request, detail::token_schedule& schedule) {
    const std::unique_ptr<char[]> memory(new char[workspace_bytes]);
    const mutable_buffer workspace(memory.get(), workspace_bytes);
    Client fetcher(state_->prototype);
    const std::chrono::milliseconds begin = now();
    const result<token_response> response = fetcher.get_token(request, workspace);
    if (!response) return response.error();
    schedule = detail::token_schedule::make(begin, response->lifetime);
    access_token token =
        access_token::make(response->access_token, request.resource, response->expires_on);
    detail::wipe(workspace);
    return token;
  }

  std::shared_ptr<state> state_;
};

/// The credential of this platform.
using credential = basic_credential<client>;

ARC_IDENTITY_END
