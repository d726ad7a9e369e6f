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
#include <cstring>
#include <string_view>
#include <type_traits>

#include <arc_identity/core/backoff.hpp>
#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/challenge.hpp>
#include <arc_identity/core/config.hpp>
#include <arc_identity/core/endpoint.hpp>
#include <arc_identity/core/http_date.hpp>
#include <arc_identity/core/http_request.hpp>
#include <arc_identity/core/http_response.hpp>
#include <arc_identity/core/key_trace.hpp>
#include <arc_identity/core/limits.hpp>
#include <arc_identity/core/options.hpp>
#include <arc_identity/core/policies.hpp>
#include <arc_identity/core/result.hpp>
#include <arc_identity/core/token_request.hpp>
#include <arc_identity/core/token_response.hpp>
#include <arc_identity/version.hpp>

ARC_IDENTITY_BEGIN

/// What a handshake needs next, and what the caller does then. Where a connection fails, the
/// caller says `failed()` instead.
enum class need : std::uint8_t {
  connect,   ///< Close a former connection and connect to `peer()`; then `connected()`.
  send,      ///< Send `output()`, or some of it; then `sent(count)`.
  receive,   ///< Receive into `input()`; then `received(count)`, 0 for the peer's end.
  read_key,  ///< Read the file `key_path()` into `key_space()`; then `key_read(result)`.
  wait,      ///< Close the connection and wait for `wait_time()`; then `waited()`.
  nothing,   ///< Close the connection; `result()` is there.
};

/// One token's exchange. What it is given by view or by reference must outlive it: the endpoint's
/// URL, the request's texts, the workspace, the options. `Request` is what is asked for: a token,
/// or else a document; then it names the path and its `response` reads the body.
template <class Limits = default_limits, class Request = token_request>
class basic_handshake {
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
      : endpoint_(endpoint), request_(request), workspace_(workspace), options_(options) {
    detail::objection objection = detail::check(options);
    if constexpr (for_token) {
      if (objection == nullptr) objection = detail::check(request);
    }
    if (objection != nullptr) {
      end({errc::invalid_argument, objection});
    } else {
      start_attempt();
    }
  }

  /// The options would be gone before they are used.
  basic_handshake(const arc_identity::endpoint& endpoint, const Request& request,
                  mutable_buffer workspace, const arc_identity::options&& options) = delete;

  ~basic_handshake() { wipe_request(); }
  basic_handshake(const basic_handshake&) = delete;
  basic_handshake& operator=(const basic_handshake&) = delete;

  /// Optional, right at the beginning: the time since 1970, by which expiry is judged, and a
  /// number that differs from process to process, which spreads the waits of many.
  void start_at(std::chrono::seconds unix_time, std::uint32_t random) noexcept {
    unix_time_ = unix_time;
    backoff_.seed(random);
  }

  /// What it needs now.
  need next() const noexcept { return need_; }

  // need::connect
  /// `need::connect`: where to.
  loopback_address peer() const noexcept { return endpoint_.address(address_index_); }

  /// `need::connect`: the connection stands.
  void connected() noexcept {
    refused_for_ = std::chrono::milliseconds(0);
    is_reused_ = false;
    need_ = need::send;
    notify({event_kind::connected, endpoint_.authority()});
  }

  // need::send
  /// `need::send`: the bytes to send, which are still in the workspace; never empty.
  const_buffer output() const noexcept {
    return {workspace_.data() + sent_, request_size_ - sent_};
  }

  /// `need::send`: the first `count` bytes of `output()` are on their way.
  void sent(std::size_t count) noexcept {
    sent_ += count < output().size() ? count : output().size();
    if (!output().empty()) return;
    wipe_request();
    parser_ = parser(workspace_);
    need_ = need::receive;
  }

  // need::receive
  /// `need::receive`: where the next bytes go; never empty.
  mutable_buffer input() const noexcept { return parser_.prepare(); }

  /// `need::receive`: `count` bytes are in `input()`; 0 where the peer has closed its side.
  void received(std::size_t count) noexcept {
    switch (count == 0 ? parser_.finish() : parser_.commit(count)) {
      case http::parse_status::incomplete: return;
      case http::parse_status::complete: return on_response();
      case http::parse_status::failed: return on_broken_response();
    }
  }

  // need::read_key
  /// `need::read_key`: the file to read.
  /// NUL-terminated, at the end of the workspace.
  const char* key_path() const noexcept { return workspace_.end() - key_path_size_ - 1; }

  /// `need::read_key`: where the key goes; a byte more than a key may have, to find a longer one.
  mutable_buffer key_space() const noexcept {
    const mutable_buffer space = workspace_.after(request_size_);
    const std::size_t room = space.size() - key_path_size_ - 1;
    return space.first(room <= max_key_bytes ? room : max_key_bytes + 1);
  }

  /// `need::read_key`: how reading ended. A trailing line end is dropped.
  void key_read(const key_file_result& file) noexcept {
    const std::string_view path(key_path(), key_path_size_);
    if (file.status != key_file_status::ok) return on_unreadable_key(file, path);
    const mutable_buffer space = key_space();
    const std::size_t size = file.size < space.size() ? file.size : space.size();
    const bool is_cut = size == space.size();
    request_size_ += size;  // From here on, whatever happens, it is wiped with the request.
    if (is_cut && space.size() <= max_key_bytes) return end_for_want_of_space();
    if (is_cut)
      return end({errc::key_file_invalid, "the key file is longer than 4096 bytes", path});
    std::string_view key(space.data(), size);
    while (!key.empty() && (key.back() == '\r' || key.back() == '\n')) key.remove_suffix(1);
    if (detail::trim(key).empty())
      return end({errc::key_file_invalid, "the key file is empty", path});
    if (!detail::all_of(key, detail::is_field_char)) {
      return end({errc::key_file_invalid, "the key file holds a control byte", path});
    }
    if (was_key_answered_ && key_trace_.is(key)) {
      return end({errc::key_rejected, "the agent asks again for the key that it has got", path});
    }
    was_key_answered_ = false;
    key_trace_ = detail::key_trace(key);
    notify({event_kind::key_read});
    finish_keyed_request(size - key.size());
  }

  // need::wait
  /// `need::wait`: how long.
  std::chrono::milliseconds wait_time() const noexcept { return wait_; }
  /// `need::wait`: it is over.
  void waited() noexcept {
    // They stood in the workspace, but for the endpoint that refused the connection.
    if (failure_.code != errc::connection_refused) failure_.words = failure_.more_words = {};
    start_attempt();
  }

  /// The connection could not be made, or broke: `status` is not `ok`.
  void failed(io_status status, int system_error = 0) noexcept {
    if (status == io_status::timed_out) {
      on_lost(too_slow(system_error));
    } else if (need_ == need::connect) {
      on_no_connection(status, system_error);
    } else {
      on_lost(
          {errc::connection_lost, "the connection to the agent broke", {}, {}, 0, system_error});
    }
  }

  /// The caller has no more time. Unless a new attempt has come to something, the failure of the
  /// one before stands.
  void give_up() noexcept {
    if (need_ == need::wait || (need_ == need::connect && failure_.what != nullptr)) {
      wipe_request();
      need_ = need::nothing;
    } else if (need_ != need::nothing) {
      end_and_wipe(too_slow());
    }
  }

  /// The caller does not want to go on; `result()` will tell the code and the static text `why`.
  void stop(errc code, detail::text why) noexcept { end_and_wipe({code, why}); }

  // need::nothing
  /// The token, as views into the workspace, or why there is none.
  arc_identity::result<response> result() const noexcept {
    if (need_ != need::nothing) return detail::failure{errc::timed_out, "it is not over yet"};
    if (failure_.what != nullptr) return failure_;
    return response_;
  }

 private:
  using parser = http::basic_response_parser<Limits>;
  using extractor = typename Limits::json_extractor;
  static constexpr std::size_t max_json_depth = Limits::max_json_depth;

  void start_attempt() noexcept {
    address_index_ = 0;
    was_refused_ = is_keyed_ = is_reused_ = false;
    http::request_writer writer(workspace_);
    write_head(writer);
    writer.finish();
    if (!writer.ok()) return end_for_want_of_space();
    set_request(writer);
    need_ = need::connect;
  }

  void write_head(http::request_writer& writer) const noexcept {
    if constexpr (for_token) {
      writer.path(endpoint_.path());
      writer.query("api-version", options_.api_version);
      writer.query("resource", request_.resource);
      if (request_.identity.kind() != managed_identity_kind::system_assigned) {
        writer.query(request_.identity.parameter(), request_.identity.value());
      }
    } else {
      writer.path(Request::path);
      writer.query("api-version", options_.api_version);
    }
    writer.start_fields();
    writer.field("Host", endpoint_.authority());
    writer.field("User-Agent", "arc_identity/" ARC_IDENTITY_VERSION);
    writer.field("Metadata", "true");
  }

  void set_request(const http::request_writer& writer) noexcept {
    request_size_ = writer.text().size();
    sent_ = 0;
  }

  void on_response() noexcept {
    const int status = parser_.status_code();
    was_key_answered_ = was_key_answered_ || is_keyed_;
    if (!has_plain_body()) {
      return end_and_wipe(
          {errc::malformed_response, "the response has a Content-Encoding", {}, {}, status});
    }
    if constexpr (for_token) {
      if (status == 200) return on_token();
      if (status == 401) return is_keyed_ ? on_key_refused() : on_challenge();
    } else {
      if (status == 200) return on_document();
    }
    on_error(status);
  }

  bool has_plain_body() const noexcept {
    for (std::size_t i = 0;; ++i) {
      const std::string_view coding = parser_.header("Content-Encoding", i);
      if (coding.data() == nullptr) return true;
      if (!coding.empty() && !detail::equals_ignoring_case(coding, "identity")) return false;
    }
  }

  mutable_buffer body() const noexcept { return detail::writable(workspace_, parser_.body()); }

  /// What the agent says, unless it repeats the key in it.
  detail::agent_words read_agent_words() const noexcept {
    const detail::agent_words words = detail::read_agent_words<extractor, max_json_depth>(body());
    const bool has_key = key_trace_.is_in(words.code) || key_trace_.is_in(words.description);
    return has_key ? detail::agent_words{{}, "(its message repeats the key)"} : words;
  }

  void on_token() noexcept {
    detail::token_reader<extractor, max_json_depth> reader(body(), request_.identity, unix_time_);
    detail::objection objection = reader.read(response_);
    if (objection != nullptr) {
      return end_and_wipe({errc::invalid_token_response, objection, {}, {}, 200});
    }
    objection = reader.confirm();
    if (objection != nullptr) {
      return end_and_wipe(
          {errc::identity_not_confirmed, objection, request_.identity.value(), {}, 200});
    }
    failure_ = {};
    need_ = need::nothing;
    event event{event_kind::token_received};
    event.lifetime = response_.lifetime;
    notify(event);
  }

  void on_document() noexcept {
    const std::string_view body = parser_.body();
    const std::size_t end = static_cast<std::size_t>(body.data() - workspace_.data()) + body.size();
    const std::chrono::seconds date(http::parse_date(parser_.header("Date")));
    const detail::failure failure = response_.template read<Limits::max_json_depth>(
        body, workspace_.after(end), date.count() > 0 ? date : std::chrono::seconds(0));
    if (failure.what != nullptr) return end_and_wipe(failure);
    failure_ = {};
    need_ = need::nothing;
  }

  /// 401 to the first request: the challenge, in one of any number of fields.
  void on_challenge() noexcept {
    challenge::detail::basic_realm realm;
    for (std::size_t i = 0; !realm.found && realm.objection == nullptr; ++i) {
      const std::string_view field = parser_.header("WWW-Authenticate", i);
      if (field.data() == nullptr) break;
      realm = challenge::detail::find_basic_realm(field);
    }
    if (realm.objection == nullptr && !realm.found) {
      const bool has_challenge = parser_.header("WWW-Authenticate").data() != nullptr;
      const detail::agent_words words = read_agent_words();
      return end({has_challenge ? errc::key_path_rejected : errc::invalid_challenge,
                  "the agent answered 401 without a Basic challenge", words.code, words.description,
                  401});
    }
    if (key_trace_.is_in(realm.value)) {
      return end_and_wipe(
          {errc::key_path_rejected, "the challenge repeats the key before", {}, {}, 401});
    }
    if (realm.objection == nullptr) {
      realm.objection = challenge::detail::check_key_path(realm.value, key_directory());
    }
    if (realm.objection != nullptr) {
      return end({errc::key_path_rejected, realm.objection, realm.value, {}, 401});
    }
    notify({event_kind::challenged, realm.value});
    start_keyed_request(realm.value);
  }

  std::string_view key_directory() const noexcept {
    return options_.key_directory.empty() ? default_key_directory : options_.key_directory;
  }

  /// Moves the path out of the response to the workspace's end, and writes the second request up
  /// to where the key goes, so that it is read right into its place.
  void start_keyed_request(std::string_view path) noexcept {
    is_reused_ = parser_.keep_alive() && !avoids_reuse_;
    key_path_size_ = path.size();
    mutable_buffer room = workspace_.first(workspace_.size() - path.size() - 1);
    std::memmove(room.end(), path.data(), path.size());
    *(room.end() + path.size()) = '\0';
    http::request_writer writer(room);
    write_head(writer);
    writer.field("Authorization", "Basic ");
    if (!writer.ok()) return end_for_want_of_space();
    set_request(writer);
    need_ = need::read_key;
  }

  /// Ends the request behind the key, of which `trailing` bytes of line ends are dropped. There
  /// is room: the path, which is not needed any more, stands behind it.
  void finish_keyed_request(std::size_t trailing) noexcept {
    constexpr std::string_view end_of_head = "\r\n\r\n";
    request_size_ -= trailing;
    std::memcpy(workspace_.data() + request_size_, end_of_head.data(), end_of_head.size());
    request_size_ += end_of_head.size();
    is_keyed_ = true;
    need_ = is_reused_ ? need::send : need::connect;
  }

  void on_unreadable_key(const key_file_result& file, std::string_view path) noexcept {
    detail::failure failure{errc::key_file_failed, file.reason, path, {}, 0,
                            file.system_error,     file.remedy};
    detail::text what = "the key file cannot be read";
    switch (file.status) {
      case key_file_status::not_found:
        failure.code = errc::key_file_not_found;
        what = "the key file is not there";
        break;
      case key_file_status::denied:
        failure.code = errc::key_file_denied;
        what = "access to the key file is denied";
        break;
      case key_file_status::invalid:
        failure.code = errc::key_file_invalid;
        what = "the key file is not a regular file";
        break;
      default: break;
    }
    if (failure.what == nullptr) failure.what = what;
    end(failure);
  }

  /// 401 to a request with a key: the key was stale. One fresh key gets its chance.
  void on_key_refused() noexcept {
    const detail::agent_words words = read_agent_words();
    const detail::failure failure{errc::key_rejected, "the agent refused the key it asked for",
                                  words.code, words.description, 401};
    if (had_stale_key_) return end(failure);
    had_stale_key_ = true;
    retry(failure);
  }

  /// What is no error is not quoted: it may be a token.
  void on_error(int status) noexcept {
    const detail::agent_words words = status < 400 ? detail::agent_words{} : read_agent_words();
    detail::failure failure{errc::unexpected_status,
                            for_token ? "the agent's answer is neither a token nor an error"
                                      : "the agent's answer is neither metadata nor an error",
                            words.code, words.description, status};
    if (status == 408 || status == 410 || status == 429 || status >= 500) {
      failure.code = errc::agent_unavailable;
      failure.what = for_token ? "the agent cannot give a token now"
                               : "the agent cannot give its metadata now";
      return retry(failure, retry_after());
    }
    if (!for_token && status == 401) {
      failure.what = "the agent challenged a request for metadata, which takes no key";
    } else if (status == 404 && words.code == "identity_not_found") {
      failure.code = errc::identity_not_found;
      failure.what = "the identity is not assigned to this machine";
    } else if (status >= 400) {
      failure.code = errc::request_refused;
      failure.what = "the agent refused the request";
      if constexpr (!for_token) failure.remedy = Request::remedy;
    }
    end(failure);
  }

  /// What `Retry-After` asks for (RFC 9110, 10.2.3): seconds, or a date, against the agent's own
  /// or else against our clock.
  std::chrono::milliseconds retry_after() const noexcept {
    const std::string_view field = parser_.header("Retry-After");
    std::uint64_t seconds = 0;
    if (detail::parse_decimal(field, 1'000'000, seconds) == detail::number_status::malformed) {
      const std::int64_t date = http::parse_date(parser_.header("Date"));
      const std::int64_t from = date >= 0 ? date : unix_time_.count();
      const std::int64_t until = http::parse_date(field);
      seconds = from > 0 && until > from ? static_cast<std::uint64_t>(until - from) : 0;
    }
    return std::chrono::milliseconds(seconds * 1000);
  }

  /// The response stopped short, or is no HTTP. It may hold part of a token.
  void on_broken_response() noexcept {
    const detail::failure failure = parser_.failure();
    if (failure.code == errc::connection_lost) {
      on_lost(failure);
    } else if (is_own_request()) {
      retry({errc::connection_refused, "nobody listens at the endpoint", endpoint_.authority()});
    } else {
      end_and_wipe(failure);
    }
  }

  /// Where nobody listens at a port that the system may give to clients (Linux: 32768 to 60999),
  /// a connection can, rarely, end at itself (RFC 9293, 3.5: simultaneous open).
  bool is_own_request() const noexcept {
    constexpr std::string_view own = "GET ";
    return detail::starts_with({workspace_.data(), workspace_.size()}, own);
  }

  /// Somewhere on the way, in the middle of a token perhaps. An agent that has closed a connection
  /// which it said it would keep open gets a new one for each request from now on.
  void on_lost(const detail::failure& failure) noexcept {
    detail::wipe(workspace_);
    avoids_reuse_ = avoids_reuse_ || is_reused_;
    retry(failure);
  }

  /// This address did not do; the next one may, but for a key, which is for the address that asked
  /// for it. An agent that restarts gets three seconds.
  void on_no_connection(io_status status, int system_error) noexcept {
    constexpr std::chrono::milliseconds patience{3000};
    was_refused_ = was_refused_ || status == io_status::refused;
    if (!is_keyed_ && address_index_ + 1 < endpoint_.address_count()) {
      ++address_index_;
      return;
    }
    if (!was_refused_) {
      return end({errc::connection_failed,
                  "no connection to the agent can be made",
                  endpoint_.authority(),
                  {},
                  0,
                  system_error});
    }
    const detail::failure failure{errc::connection_refused,
                                  "nobody listens at the endpoint",
                                  endpoint_.authority(),
                                  {},
                                  0,
                                  system_error};
    if (refused_for_ >= patience) return end(failure);
    retry(failure, std::chrono::milliseconds(0), patience - refused_for_);
    refused_for_ += wait_;
  }

  /// Once more from the start, after a wait; the failure stands if there is no once more.
  void retry(const detail::failure& failure,
             std::chrono::milliseconds at_least = std::chrono::milliseconds(0),
             std::chrono::milliseconds at_most = (std::chrono::milliseconds::max)()) noexcept {
    if (++attempts_ >= options_.max_attempts) return end(failure);
    wipe_request();
    failure_ = failure;
    wait_ = at_least + backoff_.wait(attempts_);
    if (wait_ > at_most) wait_ = at_most;
    need_ = need::wait;
    event event{event_kind::retrying};
    event.reason = failure.code;
    event.http_status = failure.http_status;
    event.wait = wait_;
    notify(event);
  }

  /// Time has run out; what the attempt before this one failed of is told as well.
  detail::failure too_slow(int system_error = 0) const noexcept {
    detail::failure failure{errc::timed_out, slow_step(), {}, {}, 0, system_error};
    if (failure_.what != nullptr && failure_.code != errc::timed_out) {
      failure.words = "before that";
      failure.more_words = failure_.what.c_str();
      failure.http_status = failure_.http_status;
    }
    return failure;
  }

  detail::text slow_step() const noexcept {
    switch (need_) {
      case need::connect: return "connecting to the agent took too long";
      case need::send: return "the agent did not take the request in time";
      case need::receive: return "the agent did not answer in time";
      default:
        return for_token ? "the time for getting a token is over"
                         : "the time for getting the metadata is over";
    }
  }

  void end_for_want_of_space() noexcept {
    end_and_wipe({errc::workspace_too_small, "the workspace is too small for the request"});
  }

  void end_and_wipe(const detail::failure& failure) noexcept {
    detail::wipe(workspace_);
    end(failure);
  }

  /// The failure's words may stand in the workspace.
  void end(const detail::failure& failure) noexcept {
    wipe_request();
    failure_ = failure;
    need_ = need::nothing;
  }

  void wipe_request() noexcept {
    detail::wipe(workspace_.first(request_size_));
    request_size_ = sent_ = 0;
  }

  void notify(const event& event) const noexcept {
    if (options_.observer != nullptr) options_.observer(options_.observer_context, event);
  }

  const arc_identity::endpoint endpoint_;
  const Request request_;
  const mutable_buffer workspace_;
  const arc_identity::options& options_;
  parser parser_{mutable_buffer{}};
  response response_{};
  detail::key_trace key_trace_{};
  detail::failure failure_{};
  std::chrono::seconds unix_time_{0};
  std::chrono::milliseconds wait_{0};
  std::chrono::milliseconds refused_for_{0};  ///< What was waited since the first refusal.
  std::size_t request_size_ = 0;              ///< At the workspace's start, until it is sent.
  std::size_t sent_ = 0;
  std::size_t key_path_size_ = 0;
  std::size_t address_index_ = 0;
  unsigned attempts_ = 0;  ///< Those that have failed.
  detail::backoff backoff_{};
  need need_ = need::nothing;
  bool was_refused_ = false;   ///< In this attempt, at one address at least.
  bool is_keyed_ = false;      ///< The request under way carries a key.
  bool is_reused_ = false;     ///< It goes over the connection of the one before.
  bool avoids_reuse_ = false;  ///< The agent does not keep connections as it says.
  bool had_stale_key_ = false;
  bool was_key_answered_ = false;  ///< The agent has got the key of `key_trace_`.
};

/// With the default limits, for a token.
using handshake = basic_handshake<>;

ARC_IDENTITY_END
