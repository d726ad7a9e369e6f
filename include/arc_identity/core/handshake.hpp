// SPDX-License-Identifier: MIT
/// The whole exchange for a token as a state machine without I/O: request, challenge, key, second
/// request, token, and all retries. It says what it needs; the caller does it and reports back.
/// It has no clock: the caller keeps the time, and may `give_up()` at any moment.
///
/// The exchange for a document that needs no key (see instance_metadata.hpp) is the same without
/// the challenge, and is told apart when it is compiled.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/challenge.hpp>
#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/endpoint.hpp>
#include <arc_identity/core/error.hpp>
#include <arc_identity/core/exchange/exchange.hpp>
#include <arc_identity/core/exchange/keyed_exchange.hpp>
#include <arc_identity/core/http/date.hpp>
#include <arc_identity/core/http/request_writer.hpp>
#include <arc_identity/core/http/response_parser.hpp>
#include <arc_identity/core/http/retry_after.hpp>
#include <arc_identity/core/limits.hpp>
#include <arc_identity/core/options.hpp>
#include <arc_identity/core/result.hpp>
#include <arc_identity/core/token_request.hpp>
#include <arc_identity/core/token_response.hpp>
#include <arc_identity/version.hpp>

ARC_IDENTITY_BEGIN

/// One token's exchange. What it is given by view or by reference must outlive it: the endpoint's
/// URL, the request's texts, the workspace, the options. `Request` is what is asked for: a token,
/// or else a document; then it names the path and its `response` reads the body.
template <class Limits = default_limits, class Request = token_request>
class basic_handshake : private detail::keyed_exchange {
 public:
  /// What `result` has where all went well.
  using response = typename Request::response;
  /// Else there is no challenge, and so no `need::read_key`.
  static constexpr bool for_token = std::is_same_v<Request, token_request>;

  /// `workspace` holds, in turn, requests, the key and responses, and at the end the token.
  /// 16 KB do for usual tokens; at least the request and the key must fit.
  basic_handshake(const arc_identity::endpoint& endpoint, const Request& request,
                  mutable_buffer workspace,
                  const arc_identity::options& options = default_options) noexcept
      : basic_handshake(request, workspace, options) {
    set_key_directory(options.key_directory.empty() ? default_key_directory
                                                    : options.key_directory);
    begin_at(endpoint);
  }

  /// The options would be gone before they are used.
  basic_handshake(const arc_identity::endpoint& endpoint, const Request& request,
                  mutable_buffer workspace, const arc_identity::options&& options) = delete;

  /// Optional, right at the beginning: the time since 1970, by which expiry is judged, and a
  /// number that differs from process to process, which spreads the waits of many.
  void start_at(std::chrono::seconds unix_time, std::uint32_t random) noexcept {
    unix_time_ = unix_time;
    backoff_.seed(random);
  }

  /// From now on, instead of the option.
  using keyed_exchange::set_key_directory;

  /// What it needs now.
  using keyed_exchange::next;

  /// `need::connect`: the connection stands.
  using keyed_exchange::connected;
  /// `need::connect`: where to.
  using keyed_exchange::peer;

  /// Optional, by which a program of another user at the agent's port gets no key: who owns the
  /// other end of the connection. Report it right before bytes of `output()` are sent for which
  /// `carries_key()` holds. Under `agent_check::strict` also right before `connected()`. By
  /// `options::agent_check` and `key_owner()` the exchange then goes on, tries again later
  /// (`owner_status::busy`), or is over (`errc::agent_not_verified`): look at `next()` again.
  using keyed_exchange::peer_owned_by;
  /// `need::send`: whether the key is in `output()`, and nothing of that request was sent.
  using keyed_exchange::carries_key;
  /// The owner of the key file, as `key_read` was told.
  using keyed_exchange::key_owner;

  /// `need::send`: the bytes to send, which are still in the workspace; never empty.
  using keyed_exchange::output;

  /// `need::send`: the first `count` bytes of `output()` are on their way.
  void sent(std::size_t count) noexcept {
    if (sends_all(count)) parser_.restart(workspace_);
  }

  /// `need::receive`: where the next bytes go; never empty.
  mutable_buffer input() const noexcept { return parser_.prepare(); }

  /// `need::receive`: `count` bytes are in `input()`; 0 where the peer has closed its side.
  void received(std::size_t count) noexcept {
    if (next() != need::receive) return;
    const http::parse_status status = count == 0 ? parser_.finish() : parser_.commit(count);
    const int code = parser_.status_code();
    http_status_ = code < 200 ? 0 : code;
    status == http::parse_status::complete ? on_response() : on_part();
  }

  /// `need::read_key`: the file to read, NUL-terminated.
  using keyed_exchange::key_path;
  /// `need::read_key`: how reading ended. A trailing line end is dropped.
  using keyed_exchange::key_read;
  /// `need::read_key`: where the key goes; a byte more than a key may have, to find a longer one.
  using keyed_exchange::key_space;

  /// `need::wait`: how long.
  using keyed_exchange::wait_time;
  /// `need::wait`, optional, before `wait_time()`: there is only so much time left. What the agent
  /// has asked for (Retry-After) is kept, of the rest as much as leaves time for an attempt; where
  /// `wait_time()` is not less than the time that is left then, `give_up()`.
  using keyed_exchange::shorten_wait;

  /// `need::wait`: it is over.
  void waited() noexcept {
    if (next() != need::wait) return;
    // The failure's words stood in the workspace, which is used again now; only those of a
    // connection that was not made are the endpoint's own text.
    if (failure_.code != errc::connection_refused && failure_.code != errc::connection_failed) {
      failure_.words = failure_.more_words = {};
    }
    failure_.correlation_id = {};
    failure_.retry_after = 0;
    start_attempt();
  }

  /// The connection could not be made, or broke, or the attempt took too long (`timed_out`): what
  /// is under way then has failed, so do not hand on what an older socket reports. The system's
  /// number of the error, if there is one, goes into the message.
  ///
  /// This and every other report changes nothing where it was not asked for.
  using keyed_exchange::failed;

  // At any time
  using keyed_exchange::give_up;
  using keyed_exchange::stop;

  // need::nothing
  /// The token, as views into the workspace, or why there is none.
  arc_identity::result<response> result() const noexcept {
    if (next() != need::nothing) return detail::failure{errc::timed_out, "it is not over yet"};
    return outcome();
  }

 private:
  template <class Transport, class Clock, class KeyFileReader, class Traits>
  friend class basic_client;

  /// The result; it is over.
  arc_identity::result<response> outcome() const noexcept {
    if (has_failed()) return failure_;
    return response_;
  }

  using extractor = typename Limits::json_extractor;
  static constexpr std::size_t max_json_depth = Limits::max_json_depth;

  /// A client does not know its endpoint yet: it begins when that is found.
  basic_handshake(const Request& request, mutable_buffer workspace,
                  const arc_identity::options& options) noexcept
      : keyed_exchange(workspace, options), request_(request) {
    detail::objection objection = detail::check(options);
    if constexpr (for_token) {
      if (objection == nullptr) objection = detail::check(request);
    }
    if (objection != nullptr) fail(errc::invalid_argument, objection);
  }

  /// Begins with the endpoint and the key directory that `location` finds.
  template <class Location>
  void begin(Location& location) {
    if (!has_failed()) failure_ = location.find(options_);
    if (has_failed()) return;
    set_key_directory(location.key_directory());
    const std::string_view url = for_token ? location.endpoint() : location.imds_endpoint();
    const detail::objection objection = endpoint_.assign(url);
    if (objection == nullptr) return start_attempt();
    fail(errc::invalid_endpoint, objection);
    failure_.words = detail::without_user_info(url);
  }

  void begin_at(const arc_identity::endpoint& endpoint) noexcept {
    endpoint_ = endpoint;
    if (!has_failed()) start_attempt();
  }

  void start_attempt() noexcept {
    http::request_writer writer(workspace_);
    write_head(writer);
    writer.finish();
    start_with(writer);
  }

  void write_head(http::request_writer& writer) const noexcept {
    if constexpr (for_token) {
      writer.path(endpoint_.path());
      writer.query("api-version", options_.api_version);
      writer.query("resource", request_.resource);
      if (request_.identity.kind() != managed_identity_kind::system_assigned) {
        writer.query(request_.identity.parameter().data(), request_.identity.value());
      }
    } else {
      writer.path(Request::path);
      writer.query("api-version", options_.api_version);
    }
    writer.start_fields();
    writer.field("Host", endpoint_.authority());
    writer.fields("\r\nUser-Agent: arc_identity/" ARC_IDENTITY_VERSION "\r\nMetadata: true");
  }

  /// A challenge is used at once, over a connection of its own: its body may never end, or have any
  /// flaw.
  void on_part() noexcept {
    if constexpr (for_token) {
      if (http_status_ == 401 && !is_keyed_ && has_plain_body()) return on_challenge();
    }
    on_unfinished();
  }

  void on_unfinished() noexcept {
    if (parser_.status() == http::parse_status::failed) on_broken_response();
  }

  void on_response() noexcept {
    if (!has_plain_body()) {
      return wipe_and_end(errc::malformed_response, "the response has a Content-Encoding");
    }
    if constexpr (for_token) {
      if (http_status_ == 200) return on_token();
      if (http_status_ == 401) return is_keyed_ ? on_key_refused() : on_challenge();
    } else {
      if (http_status_ == 200) return on_document();
    }
    on_error();
  }

  ARC_IDENTITY_NOINLINE bool has_plain_body() const noexcept {
    for (std::size_t i = 0;; ++i) {
      const std::string_view coding = parser_.header("Content-Encoding", i);
      if (coding.data() == nullptr) return true;
      if (!coding.empty() && !detail::equals_ignoring_case(coding, "identity")) return false;
    }
  }

  mutable_buffer body() const noexcept { return detail::writable(workspace_, parser_.body()); }

  /// Adds to the failure what the agent says, unless it repeats the key in it. False where it says
  /// nothing.
  bool quote_agent() noexcept {
    detail::agent_words words =
        detail::read_agent_words<extractor, max_json_depth>(body(), http_status_ == 200);
    if (repeats_key(words.code) || repeats_key(words.description) ||
        repeats_key(words.correlation_id)) {
      // One made at run time is more code.
      constexpr std::string_view instead = "(its message repeats the key)";
      words = {};
      words.code = instead;
    }
    failure_.words = words.code;
    failure_.more_words = words.description;
    failure_.correlation_id = words.correlation_id;
    return words.any();
  }

  void on_token() noexcept {
    detail::token_reader<extractor, max_json_depth> reader(body(), request_.identity, unix_time_);
    detail::objection objection = reader.read(response_);
    if (objection != nullptr) return on_no_token(objection, reader.remedy());
    objection = reader.confirm();
    if (objection != nullptr) {
      wipe_and_end(errc::identity_not_confirmed, objection);
      failure_.words = request_.identity.value();
      return;
    }
    failure_ = {};
    end();
    notify_received();
  }

  /// 200, but no token that can be used: perhaps it is an error.
  ARC_IDENTITY_NOINLINE void on_no_token(detail::objection objection,
                                         detail::text remedy) noexcept {
    fail(errc::invalid_token_response, objection);
    failure_.remedy = remedy;
    if (!response_.access_token.empty() || !quote_agent()) return wipe_and_end();
    failure_.remedy = detail::remedy_for(errc::request_refused);
    end();
  }

  ARC_IDENTITY_NOINLINE void notify_received() const noexcept {
    event received{event_kind::token_received};
    received.lifetime = response_.lifetime;
    notify(received);
  }

  void on_document() noexcept {
    const std::string_view body = parser_.body();
    const std::size_t end_of_body =
        static_cast<std::size_t>(body.data() - workspace_.data()) + body.size();
    const std::chrono::seconds date(http::parse_date(parser_.header("Date")));
    failure_ = response_.template read<Limits::max_json_depth>(
        body, workspace_.after(end_of_body), date.count() > 0 ? date : std::chrono::seconds(0));
    if (has_failed()) return wipe_and_end();
    end();
  }

  /// 401 to the first request: the challenge, in one of any number of fields.
  void on_challenge() noexcept {
    challenge::detail::basic_realm realm;
    for (std::size_t i = 0; !realm.found(); ++i) {
      const std::string_view field = parser_.header("WWW-Authenticate", i);
      if (field.data() == nullptr) {
        if (parser_.status() != http::parse_status::complete) return on_unfinished();
        fail(i != 0 ? errc::key_path_rejected : errc::invalid_challenge,
             "the agent answered 401 without a Basic challenge");
        quote_agent();
        return end();
      }
      const detail::objection objection = realm.look_in(field);
      if (objection != nullptr) return reject_path(objection, {});
    }
    if (!accepts(realm.value())) return;
    ask_with_key(realm.value());
  }

  /// The request once more, up to where the key goes that stands in the file `path`.
  ARC_IDENTITY_NOINLINE void ask_with_key(std::string_view path) noexcept {
    notify(event_kind::challenged, path);
    http::request_writer writer = keep_path(path, parser_.keep_alive());
    write_head(writer);
    writer.fields("\r\nAuthorization: Basic ");
    set_request(writer, need::read_key);
  }

  /// 401 to a request with a key: the key was stale. One fresh key gets its chance.
  void on_key_refused() noexcept {
    fail(errc::key_rejected, "the agent refused the key");
    quote_agent();
    if (had_stale_key_) return end();
    had_stale_key_ = true;
    retry();
  }

  /// What is no error is not quoted: it may be a token.
  void on_error() noexcept {
    const int status = http_status_;
    if (status < 400) {
      fail(errc::unexpected_status, for_token
                                        ? "the agent's answer is neither a token nor an error"
                                        : "the agent's answer is neither metadata nor an error");
      return end();
    }
    fail(errc::request_refused, "the agent refused the request");
    quote_agent();
    if (status == 408 || status == 410 || status == 429 || status >= 500) {
      failure_.code = errc::agent_unavailable;
      failure_.what = for_token ? "the agent cannot give a token now"
                                : "the agent cannot give its metadata now";
      const detail::brief_time pause =
          http::retry_after(parser_.header("Retry-After"), parser_.header("Date"), unix_time_);
      failure_.retry_after = pause.count();
      return retry(pause);
    }
    if (status == 404 && detail::equals(failure_.words, "identity_not_found")) {
      failure_.code = errc::identity_not_found;
      failure_.what = "the machine has no such identity";
    }
    if constexpr (!for_token) {
      failure_.remedy = Request::remedy;
      if (status == 401) {
        failure_.code = errc::unexpected_status;
        failure_.what = "the agent challenged a request for metadata, which takes no key";
        failure_.remedy = nullptr;
      }
    }
    end();
  }

  /// The response stopped short, or is no HTTP. It may hold part of a token.
  void on_broken_response() noexcept {
    fail(parser_.error_code(), parser_.reason());
    if (failure_.code == errc::connection_lost) {
      on_lost();
    } else if (is_own_request()) {
      fail_refused();
      retry();
    } else {
      wipe_and_end();
    }
  }

  /// Where nobody listens at a port that the system may give to clients (Linux: 32768 to 60999),
  /// a connection can, rarely, end at itself (RFC 9293, 3.5: simultaneous open).
  bool is_own_request() const noexcept {
    return detail::starts_with({workspace_.data(), workspace_.size()}, "GET ");
  }

  const Request request_;
  http::basic_response_parser<Limits> parser_{mutable_buffer{}};
  response response_{};
  std::chrono::seconds unix_time_{0};
};

/// With the default limits, for a token.
using handshake = basic_handshake<>;

ARC_IDENTITY_END
