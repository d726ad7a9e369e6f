// SPDX-License-Identifier: MIT
//
// The C interface: see arc_identity.h, which this file implements over the heap-free client.
// Compile it as C++17, preferably with -fno-exceptions -fno-rtti. All memory comes from malloc, and
// no function of a C++ run-time library is called, so a C program can link it like its own files.

#include "arc_identity.h"

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>

#if __has_include(<arc_identity/system/client.hpp>)
#include <arc_identity/system/client.hpp>
#elif __has_include(<arc_identity/arc_identity.hpp>)
#include <arc_identity/arc_identity.hpp>
#else
#include "arc_identity.hpp"
#endif
#if __has_include(<arc_identity/credential/token_schedule.hpp>)
#include <arc_identity/credential/token_schedule.hpp>
#endif

#if defined(_WIN32)
#ifndef NOMINMAX
#define NOMINMAX
#endif
#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>
#else
#include <pthread.h>
#include <time.h>
#endif

namespace {

using arc_identity::errc;
using arc_identity::managed_identity_kind;
using arc_identity::mutable_buffer;
using arc_identity::token_request;
using arc_identity::detail::token_schedule;
using std::chrono::milliseconds;
using action = token_schedule::action;
using cpp_error = arc_identity::error;

// --- Numbers that both sides share ---------------------------------------------------------------

template <errc Cpp, arc_identity_code C>
constexpr bool same = static_cast<int>(Cpp) == static_cast<int>(C);

static_assert(same<errc::invalid_argument, ARC_IDENTITY_INVALID_ARGUMENT>);
static_assert(same<errc::not_arc_server, ARC_IDENTITY_NOT_ARC_SERVER>);
static_assert(same<errc::invalid_endpoint, ARC_IDENTITY_INVALID_ENDPOINT>);
static_assert(same<errc::workspace_too_small, ARC_IDENTITY_WORKSPACE_TOO_SMALL>);
static_assert(same<errc::connection_refused, ARC_IDENTITY_CONNECTION_REFUSED>);
static_assert(same<errc::connection_failed, ARC_IDENTITY_CONNECTION_FAILED>);
static_assert(same<errc::agent_not_verified, ARC_IDENTITY_AGENT_NOT_VERIFIED>);
static_assert(same<errc::connection_lost, ARC_IDENTITY_CONNECTION_LOST>);
static_assert(same<errc::timed_out, ARC_IDENTITY_TIMED_OUT>);
static_assert(same<errc::malformed_response, ARC_IDENTITY_MALFORMED_RESPONSE>);
static_assert(same<errc::response_too_large, ARC_IDENTITY_RESPONSE_TOO_LARGE>);
static_assert(same<errc::invalid_challenge, ARC_IDENTITY_INVALID_CHALLENGE>);
static_assert(same<errc::key_path_rejected, ARC_IDENTITY_KEY_PATH_REJECTED>);
static_assert(same<errc::key_file_not_found, ARC_IDENTITY_KEY_FILE_NOT_FOUND>);
static_assert(same<errc::key_file_denied, ARC_IDENTITY_KEY_FILE_DENIED>);
static_assert(same<errc::key_file_invalid, ARC_IDENTITY_KEY_FILE_INVALID>);
static_assert(same<errc::key_file_failed, ARC_IDENTITY_KEY_FILE_FAILED>);
static_assert(same<errc::key_rejected, ARC_IDENTITY_KEY_REJECTED>);
static_assert(same<errc::request_refused, ARC_IDENTITY_REQUEST_REFUSED>);
static_assert(same<errc::identity_not_found, ARC_IDENTITY_IDENTITY_NOT_FOUND>);
static_assert(same<errc::agent_unavailable, ARC_IDENTITY_AGENT_UNAVAILABLE>);
static_assert(same<errc::unexpected_status, ARC_IDENTITY_UNEXPECTED_STATUS>);
static_assert(same<errc::invalid_token_response, ARC_IDENTITY_INVALID_TOKEN_RESPONSE>);
static_assert(same<errc::identity_not_confirmed, ARC_IDENTITY_IDENTITY_NOT_CONFIRMED>);
static_assert(same<errc::invalid_json, ARC_IDENTITY_INVALID_JSON>);
static_assert(same<errc::out_of_memory, ARC_IDENTITY_OUT_OF_MEMORY>);
static_assert(same<errc::discovery_failed, ARC_IDENTITY_DISCOVERY_FAILED>);

template <managed_identity_kind Cpp, arc_identity_kind C>
constexpr bool same_kind = static_cast<int>(Cpp) == static_cast<int>(C);

static_assert(same_kind<managed_identity_kind::system_assigned, ARC_IDENTITY_SYSTEM_ASSIGNED>);
static_assert(same_kind<managed_identity_kind::client_id, ARC_IDENTITY_CLIENT_ID>);
static_assert(same_kind<managed_identity_kind::object_id, ARC_IDENTITY_OBJECT_ID>);
static_assert(same_kind<managed_identity_kind::resource_id, ARC_IDENTITY_RESOURCE_ID>);

template <arc_identity::agent_check Cpp, arc_identity_check C>
constexpr bool same_check = static_cast<int>(Cpp) == static_cast<int>(C);

static_assert(same_check<arc_identity::agent_check::owner, ARC_IDENTITY_CHECK_OWNER>);
static_assert(same_check<arc_identity::agent_check::strict, ARC_IDENTITY_CHECK_STRICT>);
static_assert(same_check<arc_identity::agent_check::none, ARC_IDENTITY_CHECK_NONE>);

// --- Layouts -------------------------------------------------------------------------------------

/// Whether the structure has no padding after its last member. A later member could take its place
/// without changing the size, and this version would then ignore it in options.
template <class Struct, class Last>
constexpr bool ends_with(Last Struct::*, std::size_t offset) {
  return offset + sizeof(Last) == sizeof(Struct);
}

static_assert(ends_with(&arc_identity_options::agent_check,
                        offsetof(arc_identity_options, agent_check)));
static_assert(ends_with(&arc_identity_error::message, offsetof(arc_identity_error, message)));
static_assert(ends_with(&arc_identity_id::value, offsetof(arc_identity_id, value)));
static_assert(ends_with(&arc_identity_token::expires_on, offsetof(arc_identity_token, expires_on)));
static_assert(ends_with(&arc_identity_text::length, offsetof(arc_identity_text, length)));

// --- Errors --------------------------------------------------------------------------------------

/// What is reported on success.
cpp_error no_error() noexcept { return cpp_error({errc{}, ""}); }

int report(const cpp_error& from, arc_identity_error* to, int code) noexcept {
  if (to == nullptr) return code;
  *to = arc_identity_error{};
  to->code = code;
  to->http_status = from.http_status();
  to->system_error = from.system_error();
  if (code != ARC_IDENTITY_OK) std::strncpy(to->message, from.message(), sizeof to->message - 1);
  return code;
}

int report(const cpp_error& from, arc_identity_error* to) noexcept {
  return report(from, to, static_cast<int>(from.code()));
}

int refuse(arc_identity::detail::static_text why, arc_identity_error* to) noexcept {
  return report(cpp_error({errc::invalid_argument, why}), to);
}

cpp_error no_memory() noexcept {
  return cpp_error({errc::out_of_memory, "there is not enough memory for the token"});
}

// --- Arguments -----------------------------------------------------------------------------------

std::string_view view(const char* text) noexcept {
  return text == nullptr ? std::string_view{} : std::string_view(text);
}

/// Copies `given` into `to`; members that this version does not know must be 0. Returns why the
/// options are invalid, or null.
arc_identity::detail::static_text read(const arc_identity_options* given,
                                       arc_identity::options& to) noexcept {
  constexpr std::size_t largest = 4096;  // A larger one is not a size but uninitialised memory.
  if (given == nullptr) return nullptr;
  if (given->size < sizeof *given || given->size > largest) {
    return "the options have an invalid size; initialize them with ARC_IDENTITY_OPTIONS_INIT";
  }
  bool has_more = false;
  const auto* const bytes = reinterpret_cast<const char*>(given);
  for (std::size_t i = sizeof *given; i < given->size; ++i) has_more = has_more || bytes[i] != 0;
  if (has_more) return "the options set a member that this version does not support";
  to.endpoint = view(given->endpoint);
  to.key_directory = view(given->key_directory);
  if (given->api_version != nullptr) to.api_version = given->api_version;
  const auto choose = [](std::uint32_t chosen, milliseconds& time) {
    if (chosen != 0) time = milliseconds(chosen);
  };
  choose(given->attempt_timeout_ms, to.attempt_timeout);
  choose(given->total_timeout_ms, to.total_timeout);
  choose(given->refresh_timeout_ms, to.refresh_timeout);
  if (given->max_attempts != 0) to.max_attempts = given->max_attempts;
  to.verify_agent = given->verify_agent != 0;
  if (given->agent_check < 0 || given->agent_check > ARC_IDENTITY_CHECK_NONE) {
    return "the option agent_check is not a value of arc_identity_check";
  }
  to.agent_check = static_cast<arc_identity::agent_check>(given->agent_check);
  return arc_identity::detail::text_of(arc_identity::detail::check(to));
}

/// Copies what is requested into `to`. Returns why it is invalid, or null.
arc_identity::detail::static_text read(const char* resource, const arc_identity_id* identity,
                                       token_request& to) noexcept {
  if (resource == nullptr) return "the resource pointer is null";
  to = token_request(std::string_view(resource));
  if (identity != nullptr && identity->kind != ARC_IDENTITY_SYSTEM_ASSIGNED) {
    if (identity->kind < 0 || identity->kind > ARC_IDENTITY_RESOURCE_ID) {
      return "the identity's kind is unknown";
    }
    to.identity = {static_cast<managed_identity_kind>(identity->kind), view(identity->value)};
  }
  return arc_identity::detail::text_of(arc_identity::detail::check(to));
}

/// Sets the length and expiry to 0. Returns why `token` is invalid, or null.
arc_identity::detail::static_text begin(arc_identity_token* token) noexcept {
  if (token == nullptr) return "the token pointer is null";
  token->length = 0;
  token->expires_on = 0;
  if (token->text == nullptr && token->capacity != 0) return "the token's text pointer is null";
  return nullptr;
}

void clear_text(const arc_identity_token& token) noexcept {
  if (token.capacity != 0) token.text[0] = '\0';
}

// --- Memory and threads --------------------------------------------------------------------------

// NOLINTBEGIN(cppcoreguidelines-no-malloc): a program in C has no operator new.

/// Heap memory, or none; wiped before it is freed.
class memory {
 public:
  memory() noexcept = default;
  explicit memory(std::size_t size) noexcept : bytes_(static_cast<char*>(std::malloc(size))) {
    if (bytes_ != nullptr) size_ = size;
  }
  memory(memory&& other) noexcept { *this = static_cast<memory&&>(other); }
  memory& operator=(memory&& other) noexcept {
    swap(bytes_, other.bytes_);
    swap(size_, other.size_);
    return *this;
  }
  ~memory() {
    arc_identity::wipe(buffer());
    std::free(bytes_);
  }

  mutable_buffer buffer() const noexcept { return {bytes_, size_}; }
  std::string_view view() const noexcept { return {bytes_, size_}; }

 private:
  template <class T>
  static void swap(T& one, T& other) noexcept {
    const T before = one;
    one = other;
    other = before;
  }

  char* bytes_ = nullptr;
  std::size_t size_ = 0;
};

/// A `T` with room for texts after it; null if there is no memory.
template <class T>
T* make_with_texts(std::size_t size) noexcept {
  void* const space = std::malloc(sizeof(T) + size);
  return space == nullptr ? nullptr : ::new (space) T();
}

template <class T>
void destroy(T* object) noexcept {
  object->~T();
  std::free(object);
}

// NOLINTEND(cppcoreguidelines-no-malloc)

/// Copies `text` to `end`, and advances `end`.
std::string_view keep(std::string_view text, char*& end) noexcept {
  char* const begin = end;
  if (!text.empty()) std::memcpy(begin, text.data(), text.size());
  end += text.size();
  return {begin, text.size()};
}

/// A mutex and a condition variable for it.
#if defined(_WIN32)
class monitor {
 public:
  bool is_ready() const noexcept { return true; }
  void lock() noexcept { AcquireSRWLockExclusive(&mutex_); }
  void unlock() noexcept { ReleaseSRWLockExclusive(&mutex_); }
  void notify_all() noexcept { WakeAllConditionVariable(&condition_); }
  /// Waits for a notification or the time limit; may wake up spuriously.
  void wait_for(milliseconds time) noexcept {
    SleepConditionVariableSRW(&condition_, &mutex_, static_cast<DWORD>(time.count()), 0);
  }

 private:
  SRWLOCK mutex_ = SRWLOCK_INIT;
  CONDITION_VARIABLE condition_ = CONDITION_VARIABLE_INIT;
};
#else
class monitor {
 public:
  monitor() noexcept {
    pthread_condattr_t attributes;
    if (pthread_condattr_init(&attributes) != 0) return;
#if defined(__APPLE__)
    constexpr bool is_set = true;
#else
    const bool is_set = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0;
#endif
    is_ready_ = is_set && pthread_cond_init(&condition_, &attributes) == 0;
    pthread_condattr_destroy(&attributes);
  }
  monitor(const monitor&) = delete;
  monitor& operator=(const monitor&) = delete;
  ~monitor() {
    if (is_ready_) pthread_cond_destroy(&condition_);
    pthread_mutex_destroy(&mutex_);
  }

  bool is_ready() const noexcept { return is_ready_; }
  void lock() noexcept { pthread_mutex_lock(&mutex_); }
  void unlock() noexcept { pthread_mutex_unlock(&mutex_); }
  void notify_all() noexcept { pthread_cond_broadcast(&condition_); }
  /// Waits for a notification or the time limit; may wake up spuriously.
  void wait_for(milliseconds time) noexcept {
    timespec span{};
    span.tv_sec = static_cast<time_t>(time.count() / 1000);
    span.tv_nsec = static_cast<decltype(span.tv_nsec)>(time.count() % 1000 * 1'000'000);
#if defined(__APPLE__)
    pthread_cond_timedwait_relative_np(&condition_, &mutex_, &span);
#else
    timespec end{};
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += span.tv_sec;
    end.tv_nsec += span.tv_nsec;
    if (end.tv_nsec >= 1'000'000'000) {
      ++end.tv_sec;
      end.tv_nsec -= 1'000'000'000;
    }
    pthread_cond_timedwait(&condition_, &mutex_, &end);
#endif
  }

 private:
  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t condition_{};
  bool is_ready_ = false;
};
#endif

class lock_guard {
 public:
  explicit lock_guard(monitor& locked) noexcept : monitor_(locked) { monitor_.lock(); }
  lock_guard(const lock_guard&) = delete;
  lock_guard& operator=(const lock_guard&) = delete;
  ~lock_guard() { monitor_.unlock(); }

 private:
  monitor& monitor_;
};

/// Defers cancellation of the thread (pthread_cancel) while it exists: in the middle of a call it
/// would leave behind a locked mutex, an unfinished fetch, a socket or a key.
class cancellation_off {
 public:
#if defined(_WIN32) || defined(__ANDROID__)  // the system has no cancellation
  cancellation_off() noexcept {}
#else
  cancellation_off() noexcept { pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before_); }
  ~cancellation_off() {
    int disabled = 0;  // not every system accepts a null pointer here
    pthread_setcancelstate(before_, &disabled);
  }
#endif
  cancellation_off(const cancellation_off&) = delete;
  cancellation_off& operator=(const cancellation_off&) = delete;

 private:
#if !defined(_WIN32) && !defined(__ANDROID__)
  int before_ = 0;
#endif
};

// --- The credential ------------------------------------------------------------------------------

/// The token of one resource and identity.
struct entry {
  static entry* make(const token_request& request) noexcept {
    auto* const made =
        make_with_texts<entry>(request.resource.size() + request.identity.value().size());
    if (made == nullptr) return nullptr;
    char* end = reinterpret_cast<char*>(made + 1);
    made->request.resource = keep(request.resource, end);
    made->request.identity = {request.identity.kind(), keep(request.identity.value(), end)};
    return made;
  }

  bool is_for(const token_request& other) const noexcept {
    return request.resource == other.resource && request.identity.kind() == other.identity.kind() &&
           request.identity.value() == other.identity.value();
  }

  entry* next = nullptr;
  token_request request{""};
  token_schedule schedule;
  memory token;
  std::chrono::seconds expires_on{0};
  cpp_error outcome = no_error();  ///< The last fetch's error; `no_error()` after success.
  std::size_t fetch_count = 0;     ///< The number of finished fetches.
  std::size_t callers = 0;  ///< The number of calls that use this; it is not replaced meanwhile.
  milliseconds last_use{0};
};

}  // namespace

struct arc_identity_credential {
  static arc_identity_credential* make(const arc_identity::options& options) noexcept {
    auto* const made = make_with_texts<arc_identity_credential>(
        options.endpoint.size() + options.key_directory.size() + options.api_version.size());
    if (made == nullptr) return nullptr;
    if (!made->monitor_.is_ready()) {
      destroy(made);
      return nullptr;
    }
    char* end = reinterpret_cast<char*>(made + 1);
    made->options_ = options;
    made->options_.endpoint = keep(options.endpoint, end);
    made->options_.key_directory = keep(options.key_directory, end);
    made->options_.api_version = keep(options.api_version, end);
    return made;
  }

  arc_identity_credential() noexcept = default;
  arc_identity_credential(const arc_identity_credential&) = delete;
  arc_identity_credential& operator=(const arc_identity_credential&) = delete;
  ~arc_identity_credential() {
    while (entries_ != nullptr) remove(entries_);
  }

  /// The rules are those of arc_identity/credential.hpp. Without `refused`, gives the cached token
  /// if it is valid. With it, gives a new token, unless the cached one differs from `refused`; if
  /// `refused` is empty, always a new one.
  int get(const token_request& request, const std::string_view* refused, arc_identity_token& to,
          arc_identity_error* error) noexcept {
    const cancellation_off whole;
    const milliseconds begin = clock_.now();
    const lock_guard guard(monitor_);
    entry* const found = find_or_add(request);
    if (found == nullptr) return report(no_memory(), error);
    ++found->callers;
    found->last_use = begin;
    const cpp_error outcome = get(*found, begin, is_refused(*found, begin, refused));
    --found->callers;
    if (outcome.code() != errc{}) return report(outcome, error);
    return hand_out(*found, to, error);
  }

 private:
  static constexpr std::size_t workspace_bytes = std::size_t{64} * 1024;
  static constexpr std::size_t max_entries = 64;

  /// Whether the cached token cannot be used.
  bool is_refused(const entry& cached, milliseconds now,
                  const std::string_view* refused) const noexcept {
    if (refused == nullptr) return false;
    return refused->empty() || !cached.schedule.holds(now) || cached.token.view() == *refused;
  }

  /// Loops until there is a usable token or an error. The lock is held, except during a fetch.
  cpp_error get(entry& cached, milliseconds begin, bool force) noexcept {
    const milliseconds end =
        begin + milliseconds(arc_identity::detail::bounded(options_.total_timeout));
    for (milliseconds now = begin;; now = clock_.now()) {
      const milliseconds left = now < end ? end - now : milliseconds(1);
      switch (cached.schedule.next(now, force)) {
        case action::use: return no_error();
        case action::fail: return outcome_of(cached);
        case action::fetch: fetch(cached, left, false); return outcome_of(cached);
        case action::refresh:
          fetch(cached, options_.refresh_timeout < left ? options_.refresh_timeout : left, true);
          break;
        case action::wait:
          if (!wait(cached, end)) {
            return cpp_error({errc::timed_out, "another thread's request took too long"});
          }
          if (cached.outcome.code() == errc{}) return outcome_of(cached);
          break;  // It may have been a refresh, which has less time.
      }
    }
  }

  /// The result of the last fetch. A token may have expired since.
  cpp_error outcome_of(const entry& cached) const noexcept {
    if (cached.outcome.code() != errc{} || cached.schedule.holds(clock_.now())) {
      return cached.outcome;
    }
    return cpp_error({errc::timed_out, "the token expired before it arrived"});
  }

  /// Waits for another thread's fetch; returns whether it finished.
  bool wait(const entry& cached, milliseconds end) noexcept {
    const std::size_t before = cached.fetch_count;
    for (milliseconds now = clock_.now(); now < end; now = clock_.now()) {
      monitor_.wait_for(end - now);
      if (cached.fetch_count != before) return true;
    }
    return false;
  }

  void fetch(entry& cached, milliseconds timeout, bool is_refresh) noexcept {
    const milliseconds begin = clock_.now();
    cached.schedule.on_fetch(begin);
    monitor_.unlock();
    fetched came = ask_agent(cached.request, timeout);
    monitor_.lock();
    if (came.outcome.code() == errc{}) {
      cached.token = static_cast<memory&&>(came.token);
      cached.expires_on = came.expires_on;
      cached.schedule.on_token(begin, came.lifetime);
    } else if (is_refresh) {
      cached.schedule.on_refresh_error(clock_.now(), came.outcome.retry_after());
    } else {
      cached.schedule.on_fetch_error(clock_.now(), came.outcome.retry_after());
    }
    cached.outcome = came.outcome;
    ++cached.fetch_count;
    monitor_.notify_all();
  }

  struct fetched {
    cpp_error outcome = no_error();
    memory token;
    std::chrono::seconds expires_on{0};
    std::chrono::seconds lifetime{0};
  };

  fetched ask_agent(const token_request& request, milliseconds timeout) const noexcept {
    fetched came;
    const memory workspace(workspace_bytes);
    if (workspace.buffer().empty()) {
      came.outcome = no_memory();
      return came;
    }
    arc_identity::options options = options_;
    options.total_timeout = timeout;
    arc_identity::client client(options);
    const auto response = client.get_token(request, workspace.buffer());
    if (!response) {
      came.outcome = response.error();
      return came;
    }
    came.expires_on = response->expires_on;
    came.lifetime = response->lifetime;
    came.token = memory(response->access_token.size());
    if (came.token.buffer().empty()) {
      came.outcome = no_memory();
    } else {
      arc_identity::detail::copy_secret(came.token.buffer().data(), response->access_token);
    }
    return came;
  }

  int hand_out(const entry& cached, arc_identity_token& to,
               arc_identity_error* error) const noexcept {
    const std::string_view token = cached.token.view();
    to.length = token.size();
    if (to.capacity <= token.size()) {
      char digits[24];
      return report(cpp_error({errc{},
                               "the buffer is too small for the token; bytes needed",
                               {decimal(token.size() + 1, digits)}}),
                    error, ARC_IDENTITY_BUFFER_TOO_SMALL);
    }
    arc_identity::detail::copy_secret(to.text, token);
    to.text[token.size()] = '\0';
    to.expires_on = cached.expires_on.count();
    return report(no_error(), error);
  }

  static std::string_view decimal(std::size_t number, mutable_buffer space) noexcept {
    char* at = space.end();
    for (; number != 0; number /= 10) *--at = static_cast<char>('0' + number % 10);
    return {at, static_cast<std::size_t>(space.end() - at)};
  }

  entry* find_or_add(const token_request& request) noexcept {
    std::size_t count = 0;
    for (entry* at = entries_; at != nullptr; at = at->next, ++count) {
      if (at->is_for(request)) return at;
    }
    entry* const made = entry::make(request);
    if (made == nullptr) return nullptr;
    if (count >= max_entries) remove_oldest();
    made->next = entries_;
    return entries_ = made;
  }

  /// The least recently used entry that no call uses.
  void remove_oldest() noexcept {
    entry** oldest = nullptr;
    for (entry** at = &entries_; *at != nullptr; at = &(*at)->next) {
      if ((*at)->callers != 0) continue;
      if (oldest == nullptr || (*at)->last_use < (*oldest)->last_use) oldest = at;
    }
    if (oldest != nullptr) remove(*oldest);
  }

  static void remove(entry*& link) noexcept {
    entry* const removed = link;
    link = removed->next;
    destroy(removed);
  }

  arc_identity::options options_;
  arc_identity::system::clock clock_;
  monitor monitor_;
  entry* entries_ = nullptr;
};

// --- The functions -------------------------------------------------------------------------------

namespace {

/// `refused` is as in `get` of a credential, and may be the memory of the token.
int get(arc_identity_credential* credential, const char* resource, const arc_identity_id* identity,
        const std::string_view* refused, arc_identity_token* token,
        arc_identity_error* error) noexcept {
  auto rejection = begin(token);
  if (rejection != nullptr) return refuse(rejection, error);
  token_request request("");
  rejection =
      credential == nullptr ? "the credential pointer is null" : read(resource, identity, request);
  const int code = rejection != nullptr ? refuse(rejection, error)
                                        : credential->get(request, refused, *token, error);
  if (code != ARC_IDENTITY_OK) clear_text(*token);
  return code;
}

}  // namespace

extern "C" {

const char* arc_identity_version() { return ARC_IDENTITY_VERSION; }

int arc_identity_credential_create(arc_identity_credential** credential,
                                   const arc_identity_options* options, arc_identity_error* error) {
  if (credential == nullptr) return refuse("the credential pointer is null", error);
  *credential = nullptr;
  arc_identity::options settings;
  const auto rejection = read(options, settings);
  if (rejection != nullptr) return refuse(rejection, error);
  *credential = arc_identity_credential::make(settings);
  return report(*credential == nullptr ? no_memory() : no_error(), error);
}

void arc_identity_credential_destroy(arc_identity_credential* credential) {
  if (credential != nullptr) destroy(credential);
}

int arc_identity_get_token(arc_identity_credential* credential, const char* resource,
                           const arc_identity_id* identity, arc_identity_token* token,
                           arc_identity_error* error) {
  return get(credential, resource, identity, nullptr, token, error);
}

int arc_identity_force_refresh(arc_identity_credential* credential, const char* resource,
                               const arc_identity_id* identity, const char* refused,
                               arc_identity_token* token, arc_identity_error* error) {
  const std::string_view old = view(refused);
  return get(credential, resource, identity, &old, token, error);
}

int arc_identity_fetch_token(const arc_identity_options* options, const char* resource,
                             const arc_identity_id* identity, arc_identity_token* token,
                             arc_identity_error* error) {
  const cancellation_off whole;
  auto rejection = begin(token);
  if (rejection != nullptr) return refuse(rejection, error);
  const mutable_buffer workspace(token->text, token->capacity);
  arc_identity::wipe(workspace);  // It may contain an older token.
  arc_identity::options settings;
  rejection = read(options, settings);
  if (rejection != nullptr) return refuse(rejection, error);
  token_request request("");
  rejection = read(resource, identity, request);
  if (rejection != nullptr) return refuse(rejection, error);
  arc_identity::client client(settings);
  const auto response = client.get_token(request, workspace);
  if (!response) return report(response.error(), error);
  // The token is preceded by other text of the response, so moving it down makes room for its NUL.
  const std::size_t length = response->access_token.size();
  arc_identity::detail::copy_secret(token->text, response->access_token);
  arc_identity::wipe(workspace.after(length));
  token->length = length;
  token->expires_on = response->expires_on.count();
  return report(no_error(), error);
}

int arc_identity_get_metadata(const arc_identity_options* options, const char* path,
                              arc_identity_text* text, arc_identity_error* error) {
  namespace json = arc_identity::json;
  const cancellation_off whole;
  if (text == nullptr || text->text == nullptr || text->capacity == 0) {
    if (text != nullptr) text->length = 0;
    return refuse("no buffer is given for the text", error);
  }
  text->length = 0;
  text->text[0] = '\0';
  arc_identity::options settings;
  const auto rejection = read(options, settings);
  if (rejection != nullptr) return refuse(rejection, error);

  arc_identity::client client(settings);
  const auto metadata = client.get_instance_metadata({text->text, text->capacity});
  const json::value found = metadata ? json::find(metadata->json(), view(path)) : json::value{};
  const std::string_view value = found.text;
  if (!value.empty()) std::memmove(text->text, value.data(), value.size());
  std::size_t length = value.size();
  if (found.kind == json::kind::string) length = json::unescape({text->text, length}).size();
  text->text[length] = '\0';  // There is room: the document that contains the value was longer.
  text->length = length;
  if (!metadata) return report(metadata.error(), error);
  if (found.kind != json::kind::absent) return report(no_error(), error);
  return report(cpp_error({errc::invalid_argument, "the metadata has no member at that path"}),
                error, ARC_IDENTITY_METADATA_NOT_FOUND);
}

void arc_identity_wipe(void* secret, std::size_t size) {
  arc_identity::wipe({static_cast<char*>(secret), size});
}

}  // extern "C"
