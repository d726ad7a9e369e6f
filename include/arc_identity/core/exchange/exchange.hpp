// SPDX-License-Identifier: MIT
/// The common part of all exchanges with the agent: the request in the workspace, its address, the
/// response, failures, waits, attempts, and the result. No I/O and no clock.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <new>
#include <string_view>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/endpoint.hpp>
#include <arc_identity/core/error.hpp>
#include <arc_identity/core/exchange/agent_check.hpp>
#include <arc_identity/core/exchange/agent_error.hpp>
#include <arc_identity/core/exchange/backoff.hpp>
#include <arc_identity/core/exchange/key_fingerprint.hpp>
#include <arc_identity/core/http/request_writer.hpp>
#include <arc_identity/core/http/response_parser.hpp>
#include <arc_identity/core/http/retry_after.hpp>
#include <arc_identity/core/options.hpp>
#include <arc_identity/core/policies.hpp>
#include <arc_identity/core/token_request.hpp>
#include <arc_identity/version.hpp>

ARC_IDENTITY_BEGIN

/// What a handshake needs next, and what the caller must do. If a connection fails, the caller
/// reports `failed()` instead.
enum class need : std::uint8_t {
  connect,   ///< Close any previous connection and connect to `peer()`; then `connected()`.
  send,      ///< Send `output()`, or some of it; then `sent(count)`.
  receive,   ///< Receive into `input()`; then `received(count)`, 0 for the peer's end.
  read_key,  ///< Read the file `key_path()` into `key_space()`; then `key_read(result)`.
  wait,      ///< Close the connection and wait for `wait_time()`; then `waited()`.
  nothing,   ///< Close the connection; `result()` is available.
};

namespace detail {

/// The state of an exchange: all zero at the beginning, which takes the least code.
// NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): exchange_state() zeroes it.
struct exchange_state {
  // The most used members come first: small offsets take less code.
  need need_;
  bool is_keyed_;               ///< The current request carries a key.
  bool is_reused_;              ///< It uses the previous request's connection.
  bool avoids_reuse_;           ///< The agent closes connections that it said it would keep.
  bool was_refused_;            ///< In this attempt, at least at one address.
  bool had_stale_key_;          ///< The agent refused a key in an earlier attempt.
  std::uint8_t address_index_;  ///< The current one of the endpoint's addresses.
  unsigned attempts_;           ///< The failed ones.
  std::uint32_t wait_;          ///< In milliseconds.
  std::uint32_t refused_for_;   ///< Time waited since the first refusal, in milliseconds.
  std::uint32_t unix_time_;
  std::uint32_t lifetime_;    ///< Of the token received, in seconds.
  std::size_t request_size_;  ///< At the workspace's start, until it is sent.
  std::size_t sent_;
  std::size_t key_path_size_;
  std::string_view key_directory_;
  key_fingerprint key_fingerprint_;
  file_owner key_owner_;
  backoff backoff_;
  endpoint endpoint_;
  failure failure_;
};

class exchange : protected exchange_state {
 public:
  exchange(const exchange&) = delete;
  exchange& operator=(const exchange&) = delete;

  /// Optional, before anything else: the time since 1970, to judge expiry, and a number that
  /// differs between processes, to spread their waits.
  void start_at(std::chrono::seconds unix_time, std::uint32_t random) noexcept {
    unix_time_ = unix_time32(unix_time);
    backoff_.seed(random);
  }

  /// What the exchange needs now.
  need next() const noexcept { return need_; }

  // A report below changes nothing if the exchange did not ask for it.

  /// `need::connect`: the address to connect to.
  loopback_address peer() const noexcept { return endpoint_.address(address_index_); }

  /// `need::connect`: the connection is made.
  void connected() noexcept {
    if (need_ != need::connect) return;
    refused_for_ = 0;
    is_reused_ = false;
    need_ = need::send;
    notify(event_kind::connected, endpoint_.authority());
  }

  /// `need::send`: the bytes to send, which are still in the workspace; never empty.
  const_buffer output() const noexcept {
    return {workspace_.data() + sent_, request_size_ - sent_};
  }

  /// `need::send`: whether the key is in `output()`, and nothing of that request was sent.
  bool carries_key() const noexcept { return need_ == need::send && is_keyed_ && sent_ == 0; }

  /// The owner of the key file, from `key_read`; unknown if `carries_key()` is false.
  file_owner key_owner() const noexcept { return carries_key() ? key_owner_ : file_owner{}; }

  /// Optional: reports who owns the other end of the connection, so that another user's program at
  /// the agent's port gets no key. Call it right before sending bytes of `output()` if
  /// `carries_key()`, and under `agent_check::strict` also right before `connected()`. Depending on
  /// `options::agent_check` and `key_owner()` the exchange then continues, tries again later
  /// (`owner_status::busy`), or ends (`errc::agent_not_verified`): check `next()` again.
  ARC_IDENTITY_COLD void peer_owned_by(const peer_owner_result& peer) noexcept {
    const agent_check check = check_of(options_);
    const bool has_key = carries_key();
    if (has_key ? may_get_key(check, key_owner_, peer)
                : need_ != need::connect || may_get_request(check, peer)) {
      return;
    }
    if (peer.status == owner_status::busy) {
      fail(reason::owner_busy);
      failure_.system_error = peer.system_error;
      return on_connection_lost();
    }
    wipe(workspace_);
    fail(rejection_of_owner(has_key, peer.status));
    if (has_sentences && peer.status == owner_status::known) {
      failure_.peer.code = write_owners(workspace_, has_key ? key_owner_ : file_owner{}, peer);
    }
    failure_.system_error = peer.system_error;
    request_size_ = 0;
    end();
  }

  /// `need::send`: the first `count` bytes of `output()` were sent.
  void sent(std::size_t count) noexcept {
    if (need_ != need::send) return;
    const std::size_t left = request_size_ - sent_;
    sent_ += count < left ? count : left;
    if (sent_ < request_size_) return;
    wipe_request();
    need_ = need::receive;
    ::new (static_cast<void*>(&parser_)) http::response_parser(workspace_, limits_);
  }

  /// `need::receive`: where the next bytes go; never empty.
  mutable_buffer input() const noexcept { return parser_.prepare(); }

  /// `need::wait`: how long to wait.
  std::chrono::milliseconds wait_time() const noexcept { return std::chrono::milliseconds(wait_); }

  /// `need::wait`, optional, before `wait_time()`: limits the wait to the time that is left. The
  /// agent's wait (Retry-After) is kept, the rest is cut to leave time for an attempt. If that is
  /// not possible, returns false: call `give_up()`.
  bool shorten_wait(std::chrono::milliseconds left) noexcept {
    const std::uint32_t longest = bounded(left);
    wait_ = fitting_wait(wait_, failure_.retry_after, longest);
    return wait_ < longest;
  }

  /// `need::wait`: the wait is over.
  void waited() noexcept {
    if (need_ != need::wait) return;
    if (failure_.rule == reason::refused) refused_for_ += wait_;
    // The failure's texts are in the workspace, which is now reused; only the text of a failed
    // connection is the endpoint's own.
    if (failure_.rule != reason::refused && failure_.rule != reason::no_connection) {
      failure_.peer = {};
    }
    failure_.retry_after = 0;
    start_attempt();
  }

  /// The connection could not be made, or broke, or the attempt took too long (`timed_out`). The
  /// current step then fails, so do not pass on reports of an older socket. The system's error
  /// number, if there is one, goes into the message.
  void failed(io_status status, int system_error = 0) noexcept {
    if (need_ == need::wait || need_ == need::nothing) return;
    if (status == io_status::timed_out) {
      fail_too_slow();
    } else if (need_ == need::connect) {
      return on_no_connection(status, system_error);
    } else {
      fail(reason::broken);
    }
    failure_.system_error = system_error;
    on_connection_lost();
  }

  /// The caller has no more time. Unless the current attempt has made progress, the previous
  /// attempt's failure is the result.
  void give_up() noexcept {
    if (need_ == need::nothing) return;
    if (need_ == need::wait || (need_ == need::connect && has_failed())) return end();
    fail_too_slow();
    wipe_and_end();
  }

  /// The caller stops the exchange; `result()` has the code and the static text `why`.
  void stop(errc code, const char* why) noexcept {
    if (need_ == need::nothing) return;
    failure_ = {code, why};
    wipe_and_end();
  }
  /// The same for the library.
  void stop(reason why) noexcept {
    if (need_ != need::nothing) wipe_and_end(why);
  }

 protected:
  /// `request` says what to get; a document has no resource. `rejection` is why it is invalid, or
  /// `none`.
  // cppcheck-suppress uninitDerivedMemberVar ; exchange_state() makes all of it zero
  exchange(const token_request& request, reason rejection, mutable_buffer workspace,
           const arc_identity::options& options, const http::response_limits& limits) noexcept
      : exchange_state(),
        workspace_(workspace),
        options_(options),
        limits_(limits),
        request_(request),
        parser_(workspace, limits) {
    need_ = need::nothing;
    const reason of_options = check(options);
    if (of_options != reason::none) rejection = of_options;
    if (rejection != reason::none) fail(rejection);
  }
  ~exchange() { wipe_request(); }

  // --- How an attempt begins ---

  void begin_at(const arc_identity::endpoint& endpoint) noexcept {
    endpoint_ = endpoint;
    if (!has_failed()) start_attempt();
  }

  /// `path`, unless empty, replaces that of the URL.
  void begin_at(std::string_view url, std::string_view path = {}) noexcept {
    const reason rejection = endpoint_.assign(url, path);
    if (rejection == reason::none) return start_attempt();
    fail(rejection);
    failure_.peer.code = "the option endpoint";  // Others were checked already.
    failure_.peer.description = without_user_info(url);
  }

  /// Lets `discovery` find the agent, unless the exchange has failed; returns whether it was found.
  template <class Discovery>
  bool find(Discovery& discovery) {
    if (!has_failed()) failure_ = discovery.find(options_);
    return !has_failed();
  }

  /// A new attempt, at the agent's first address.
  void start_attempt() noexcept {
    address_index_ = 0;
    was_refused_ = is_keyed_ = is_reused_ = false;
    write_request(workspace_, "\r\n\r\n", need::connect);
  }

  /// Writes the request into `room`, which begins with the workspace; then the exchange needs
  /// `next`.
  ARC_IDENTITY_COLD void write_request(mutable_buffer room, const char* end, need next) noexcept {
    http::request_writer writer(room);
    writer.append("GET ");
    writer.append(endpoint_.path());
    writer.append_parameter("?api-version=", options_.api_version);
    if (!request_.resource.empty()) writer.append_parameter("&resource=", request_.resource);
    if (request_.identity.kind() != managed_identity_kind::system_assigned) {
      writer.append('&');
      writer.append(request_.identity.parameter());
      writer.append_parameter("=", request_.identity.value());
    }
    writer.append(" HTTP/1.1\r\nHost: ");
    writer.append(endpoint_.authority());
    writer.append("\r\nUser-Agent: arc_identity/" ARC_IDENTITY_VERSION "\r\nMetadata: true");
    writer.append(end);
    if (!writer.ok()) return wipe_and_end(reason::workspace_small);
    request_size_ = writer.size();
    sent_ = 0;
    need_ = next;
  }

  // --- Responses ---

  /// Parses received bytes; false if none were requested.
  bool parse_received(std::size_t count) noexcept {
    if (need_ != need::receive) return false;
    count == 0 ? parser_.finish() : parser_.commit(count);
    return true;
  }

  /// Whether there is a complete response to act on. If parsing failed, ends the attempt.
  bool is_complete() noexcept {
    if (parser_.status() == http::parse_status::failed) {
      on_broken_response();
    } else if (parser_.status() == http::parse_status::complete) {
      if (!parser_.is_encoded()) return true;
      wipe_and_end(reason::encoded_body);
    }
    return false;
  }

  /// A response that is neither the requested one nor a challenge.
  void on_error() noexcept {
    const int status = parser_.status_code();
    if (status < 400) {  // Not quoted: it may be a token.
      fail(reason::odd_status);
      return end();
    }
    const bool is_transient = status == 408 || status == 410 || status == 429 || status >= 500;
    const bool has_no_identity =
        status == 404 && has_literal(parser_.body(), "\"identity_not_found\"");
    fail(is_transient      ? reason::unavailable
         : has_no_identity ? reason::no_such_identity
                           : reason::refused_request);
    quote_agent();
    if (is_transient) {
      failure_.retry_after = retry_after(parser_.retry_after());
      return retry();
    }
    end();
  }

  /// Adds the agent's text to the failure, unless it repeats the key.
  ARC_IDENTITY_COLD void quote_agent() noexcept {
    if constexpr (!has_sentences) return;
    read_agent_error(parser_.body(), parser_.status_code() == 200, failure_.peer);
    if (key_fingerprint_.occurs_in(parser_.body())) {  // Its strings are decoded now.
      constexpr std::string_view instead = "(its message repeats the key)";
      failure_.peer = {};
      failure_.peer.code = instead;
    }
  }

  // --- How an attempt ends ---

  /// Sets why this attempt fails; the status is that of the current response. Other details are
  /// added to `failure_` before the attempt ends.
  ARC_IDENTITY_COLD void fail(reason rule) noexcept {
    failure_ = {};
    failure_.set(rule);
    if (need_ == need::receive) failure_.http_status = parser_.status_code();
  }

  bool has_failed() const noexcept { return failure_.code != errc{}; }

  /// The failure's texts may be in the workspace.
  void end() noexcept {
    wipe_request();
    need_ = need::nothing;
  }

  void wipe_and_end() noexcept {
    wipe(workspace_);
    end();
  }

  ARC_IDENTITY_COLD void wipe_and_end(reason rule) noexcept {
    fail(rule);
    wipe_and_end();
  }

  /// Retries from the start, after a wait: all that the agent asks for, and our own of `at_most`
  /// milliseconds. If no attempt is left, the failure is the result.
  ARC_IDENTITY_COLD void retry(std::uint32_t at_most = UINT32_MAX) noexcept {
    if (++attempts_ >= options_.max_attempts) return end();
    wipe_request();
    const std::uint32_t own = backoff_.wait(attempts_);
    wait_ = failure_.retry_after + (own < at_most ? own : at_most);
    need_ = need::wait;
    notify(event_kind::retrying);
  }

  ARC_IDENTITY_COLD void notify(event_kind kind, std::string_view text = {}) const noexcept {
    if (options_.observer == nullptr) return;
    event event{kind, text};
    if (kind == event_kind::retrying) {
      event.reason = failure_.code;
      event.http_status = failure_.http_status;
      event.wait = std::chrono::milliseconds(wait_);
    }
    event.lifetime = std::chrono::seconds(lifetime_);
    options_.observer(options_.observer_context, event);
  }

  /// The connection broke, perhaps in the middle of a token. If the agent closed a connection that
  /// it said it would keep open, each further request gets a new one.
  ARC_IDENTITY_COLD void on_connection_lost() noexcept {
    wipe(workspace_);
    avoids_reuse_ = avoids_reuse_ || is_reused_;
    retry();
  }

 private:
  void wipe_request() noexcept {
    wipe(workspace_.first(request_size_));
    request_size_ = sent_ = 0;
  }

  reason rejection_of_owner(bool has_key, owner_status status) const noexcept {
    if (status == owner_status::hidden) return reason::peer_hidden;
    if (status == owner_status::unknown) return reason::peer_unknown;
    if (!has_key) return reason::peer_not_agent;
    return key_owner_.is_known ? reason::owners_differ : reason::key_owner_unknown;
  }

  /// The response was truncated, or is not HTTP. It may hold part of a token.
  void on_broken_response() noexcept {
    fail(parser_.reason());
    if (failure_.code == errc::connection_lost) return on_connection_lost();
    if (!is_own_request()) return wipe_and_end();
    fail(reason::refused);
    failure_.peer.code = endpoint_.authority();
    retry();
  }

  /// If no program listens at a port in the ephemeral range (Linux: 32768 to 60999), a connection
  /// can, rarely, connect to itself (RFC 9293, 3.5: simultaneous open).
  bool is_own_request() const noexcept {
    return starts_with({workspace_.data(), workspace_.size()}, "GET ");
  }

  /// This address failed; tries the next one, unless a key is to be sent: that goes only to the
  /// address that asked for it. An agent that restarts gets three seconds.
  void on_no_connection(io_status status, int system_error) noexcept {
    constexpr std::uint32_t patience = 3000;
    was_refused_ = was_refused_ || status == io_status::refused;
    if (!is_keyed_ && address_index_ + 1U < endpoint_.address_count()) {
      ++address_index_;
      return;
    }
    fail(was_refused_ ? reason::refused : reason::no_connection);
    failure_.peer.code = endpoint_.authority();
    if (!was_refused_ || status == io_status::refused) failure_.system_error = system_error;
    if (status == io_status::busy) return retry();
    if (!was_refused_ || refused_for_ >= patience) return end();
    retry(patience - refused_for_);
  }

  /// Time has run out; the failure of the attempt before this one is reported as well.
  ARC_IDENTITY_COLD void fail_too_slow() noexcept {
    const failure before = failure_;
    const reason step =
        need_ == need::connect ? reason::slow_connect
        : need_ == need::send  ? reason::slow_send
        : need_ == need::receive
            ? (parser_.status_code() >= 200 ? reason::slow_end : reason::slow_answer)
            : reason::out_of_time;
    fail(step);
    if (before.code == errc{} || before.code == errc::timed_out) return;
    if (failure_.http_status == 0) failure_.http_status = before.http_status;
    if constexpr (has_sentences) {
      failure_.peer.code = "before that";
      failure_.peer.description = sentence_of(before.rule);
    }
  }

 protected:
  const mutable_buffer workspace_;
  const arc_identity::options& options_;
  const http::response_limits& limits_;
  const token_request request_;
  http::response_parser parser_;
};

}  // namespace detail
ARC_IDENTITY_END
