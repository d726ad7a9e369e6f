// SPDX-License-Identifier: MIT
/// The whole exchange for a token as a state machine without I/O: request, challenge, key, second
/// request, token, and all retries. It says what it needs; the caller does it and reports back.
/// It has no clock: the caller keeps the time, and may `give_up()` at any moment.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/challenge.hpp>
#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/endpoint.hpp>
#include <arc_identity/core/exchange/exchange.hpp>
#include <arc_identity/core/limits.hpp>
#include <arc_identity/core/options.hpp>
#include <arc_identity/core/result.hpp>
#include <arc_identity/core/token_request.hpp>
#include <arc_identity/core/token_response.hpp>

ARC_IDENTITY_BEGIN

/// The exchange for one token, as a state machine that does no I/O. Everything passed by view or by
/// reference must outlive it: the endpoint's URL, the request's texts, the workspace, the options,
/// the limits. Members shared with other exchanges (`next`, `peer`, `sent`, ...) are in
/// exchange.hpp.
class handshake : public detail::exchange {
 public:
  /// The value of `result` on success.
  using response = token_response;
  /// It may need `need::read_key`.
  static constexpr bool has_key = true;

  /// `workspace` holds, in turn, requests, the key and responses, and at the end the token.
  /// 16 KB are enough for usual tokens; at least the request and the key must fit.
  handshake(const arc_identity::endpoint& endpoint, const token_request& request,
            mutable_buffer workspace, const arc_identity::options& options = default_options,
            const http::response_limits& limits = http::limits_of<default_limits>) noexcept
      : handshake(request, workspace, options, limits) {
    set_key_directory(options.key_directory.empty() ? default_key_directory
                                                    : options.key_directory);
    begin_at(endpoint);
  }

  /// The options would be destroyed before they are used.
  handshake(const arc_identity::endpoint& endpoint, const token_request& request,
            mutable_buffer workspace, const arc_identity::options&& options) = delete;

  /// For clients whose endpoint is not known yet: `begin` follows.
  handshake(const token_request& request, mutable_buffer workspace,
            const arc_identity::options& options, const http::response_limits& limits) noexcept
      : exchange(request, detail::check(request), workspace, options, limits) {}

  /// Replaces the option from now on.
  void set_key_directory(std::string_view directory) noexcept { key_directory_ = directory; }

  /// For clients: begins with the endpoint and the key directory that `discovery` finds.
  template <class Discovery>
  void begin(Discovery& discovery) {
    if (!find(discovery)) return;
    set_key_directory(discovery.key_directory());
    begin_at(discovery.endpoint());
  }

  /// `need::receive`: `count` bytes are in `input()`; 0 if the peer has closed its side.
  void received(std::size_t count) noexcept {
    if (!parse_received(count)) return;
    const int status = parser_.status_code();
    const bool challenges = status == 401 && !is_keyed_;
    // A challenge is used as soon as the header section is complete: the body may never end.
    const bool has_path = parser_.has_header() && !parser_.is_encoded() &&
                          parser_.realm().rejection() == detail::reason::none;
    if (!(challenges && has_path) && !is_complete()) return;
    if (challenges) return on_challenge();
    if (status == 200) return on_token();
    status == 401 ? on_key_refused() : on_error();
  }

  /// `need::read_key`: the file to read, NUL-terminated.
  const char* key_path() const noexcept { return workspace_.end() - key_path_size_ - 1; }

  /// `need::read_key`: where to put the key; one byte larger than the longest key, to detect longer
  /// ones.
  mutable_buffer key_space() const noexcept {
    if (need_ != need::read_key) return {};
    const mutable_buffer space = workspace_.after(request_size_);
    const std::size_t room = space.size() - key_path_size_ - 1;
    return space.first(room <= max_key_bytes ? room : max_key_bytes + 1);
  }

  /// `need::read_key`: the result of reading. A trailing line end is dropped.
  void key_read(const key_file_result& file) noexcept {
    using detail::reason;
    if (need_ != need::read_key) return;
    if (file.status != key_file_status::ok) return on_unreadable_key(file);
    const mutable_buffer space = key_space();
    const std::size_t size = file.size < space.size() ? file.size : space.size();
    request_size_ += size;  // From here on it is always wiped with the request.
    if (size == space.size()) {
      return size > max_key_bytes ? end_at_key(reason::long_key)
                                  : wipe_and_end(reason::workspace_small);
    }
    detail::cursor key(space.data(), space.data() + size);
    while (!key.empty() && (key.end[-1] == '\r' || key.end[-1] == '\n')) --key.end;
    detail::cursor trimmed = key;  // As an echo of the header field would contain it.
    trimmed.trim();
    if (trimmed.empty()) return end_at_key(reason::empty_key);
    if (!key.all_of(detail::is_field_char)) return end_at_key(reason::bad_key);
    key_fingerprint_ = detail::key_fingerprint(trimmed.view());
    key_owner_ = file.owner;
    notify(event_kind::key_read);
    // The request's end follows the key. It fits: it replaces the path, which is no longer needed.
    char* const end = space.data() + key.size();
    detail::copy_secret(end, "\r\n\r\n", 4);
    request_size_ = static_cast<std::size_t>(end + 4 - workspace_.data());
    is_keyed_ = true;
    need_ = is_reused_ ? need::send : need::connect;
  }

  /// `need::nothing`: the token, as views into the workspace, or why there is none.
  arc_identity::result<token_response> result() const noexcept {
    if (need_ != need::nothing) return detail::reason::unfinished;
    if (has_failed()) return failure_;
    return response_;
  }

 private:
  /// 401 to the first request.
  void on_challenge() noexcept {
    const detail::basic_realm& realm = parser_.realm();
    const std::string_view path = realm.value().view();
    if (realm.rejection() != detail::reason::none) {
      fail(realm.rejection());
      if (realm.rejection() <= detail::reason::no_basic_realm) quote_agent();
      return end();
    }
    if (key_fingerprint_.occurs_in(path)) return wipe_and_end(detail::reason::path_repeats_key);
    const detail::reason rejection = detail::check_key_path(realm.value(), key_directory_);
    if (rejection != detail::reason::none) {
      fail(rejection);
      failure_.peer.code = path;
      return end();
    }
    notify(event_kind::challenged, path);
    // The path moves from the response to the workspace's end. The second request is written before
    // it, up to the key, so that the key is read directly into its place.
    is_reused_ = parser_.keep_alive() && !avoids_reuse_;
    key_path_size_ = path.size();
    const mutable_buffer room = workspace_.first(workspace_.size() - path.size() - 1);
    detail::copy_up(room.end(), path.data(), path.size());
    workspace_.end()[-1] = '\0';
    write_request(room, "\r\nAuthorization: Basic ", need::read_key);
  }

  void on_unreadable_key(const key_file_result& file) noexcept {
    using detail::reason;
    fail_at_key(file.status == key_file_status::not_found ? reason::no_key_file
                : file.status == key_file_status::denied  ? reason::key_denied
                : file.status == key_file_status::invalid ? reason::not_a_file
                                                          : reason::unreadable_key);
    failure_.what = file.reason;
    failure_.remedy = file.remedy;
    failure_.system_error = file.system_error;
    file.status == key_file_status::busy ? retry() : end();
  }

  void end_at_key(detail::reason why) noexcept {
    fail_at_key(why);
    end();
  }

  ARC_IDENTITY_COLD void fail_at_key(detail::reason why) noexcept {
    fail(why);
    failure_.peer.code = std::string_view(key_path(), key_path_size_);
  }

  /// 401 to a request with a key: the key was stale. One fresh key is tried.
  void on_key_refused() noexcept {
    fail(detail::reason::stale_key);
    quote_agent();
    if (had_stale_key_) return end();
    had_stale_key_ = true;
    retry();
  }

  void on_token() noexcept {
    const detail::reason rejection =
        detail::read_token(parser_.body(), request_.identity, unix_time_, response_);
    if (rejection == detail::reason::none) {
      fail(detail::reason::none);
      lifetime_ = static_cast<std::uint32_t>(response_.lifetime.count());
      end();
      return notify(event_kind::token_received);
    }
    if (rejection == detail::reason::no_access_token) {  // Perhaps it is an error.
      fail(rejection);
      quote_agent();
      if (!failure_.peer.code.empty()) {
        failure_.set(detail::reason::error_as_success);
        return end();
      }
    }
    wipe_and_end(rejection);
    if (rejection == detail::reason::not_confirmed) failure_.peer.code = request_.identity.value();
  }

  token_response response_{};
};

ARC_IDENTITY_END
