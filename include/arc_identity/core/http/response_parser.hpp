// SPDX-License-Identifier: MIT
/// An incremental parser of one HTTP/1.x response to a GET request (RFC 9112), in the caller's
/// buffer. No I/O and no allocation; the result does not depend on how the bytes were split.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/challenge.hpp>
#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/detail/cursor.hpp>
#include <arc_identity/core/error.hpp>
#include <arc_identity/core/limits.hpp>

ARC_IDENTITY_BEGIN
namespace http {

/// The state of parsing.
enum class parse_status : std::uint8_t {
  incomplete,  ///< More bytes are needed.
  complete,    ///< The response is complete; its views can be used.
  failed,      ///< `error()` has the reason; more bytes change nothing.
};

/// Parses an HTTP response, however it is split. Receive into `prepare()`, then `commit()` the
/// bytes; or `feed()` bytes from elsewhere. Call `finish()` when the peer has closed. All views
/// point into the buffer.
class response_parser {
 public:
  /// Parses in `buffer`. It and `limits` must outlive the parser.
  ARC_IDENTITY_NOINLINE explicit response_parser(
      mutable_buffer buffer, const response_limits& limits = limits_of<default_limits>) noexcept
      : limits_(&limits),
        begin_(buffer.begin()),
        at_(begin_),
        end_(begin_),
        limit_(buffer.end()),
        body_(begin_),
        body_end_(begin_) {}

  /// Where the next bytes go. Empty when the response is complete or has failed.
  mutable_buffer prepare() const noexcept {
    if (status_ != parse_status::incomplete) return {};
    return {end_, static_cast<std::size_t>(limit_ - end_)};
  }

  /// Parses `count` bytes that were written into `prepare()`.
  parse_status commit(std::size_t count) noexcept {
    if (status_ != parse_status::incomplete) return status_;
    const auto room = static_cast<std::size_t>(limit_ - end_);
    end_ += count < room ? count : room;
    run();
    if (status_ == parse_status::incomplete && end_ == limit_) fail(detail::reason::full_buffer);
    return status_;
  }

  /// Copies `bytes` in and parses them.
  parse_status feed(std::string_view bytes) noexcept {
    while (!bytes.empty() && status_ == parse_status::incomplete) {
      const mutable_buffer space = prepare();
      const std::size_t count = bytes.size() < space.size() ? bytes.size() : space.size();
      detail::copy_secret(space.data(), bytes.data(), count);
      bytes.remove_prefix(count);
      commit(count);
    }
    if (!bytes.empty()) keep_alive_ = false;  // Unsolicited bytes follow (RFC 9112, 9.2).
    return status_;
  }

  /// The peer has closed the connection: the end of a body without a length (RFC 9112, 8).
  parse_status finish() noexcept {
    if (status_ == parse_status::incomplete) {
      if (phase_ == phase::body_until_close) {
        status_ = parse_status::complete;
      } else {
        fail(end_ == begin_ ? detail::reason::closed_unanswered : detail::reason::closed_early);
      }
    }
    return status_;
  }

  /// The state of parsing.
  parse_status status() const noexcept { return status_; }

  /// 200 to 599; 0 before the status line, 100 to 199 in interim responses.
  int status_code() const noexcept { return status_code_; }

  /// The decoded body.
  std::string_view body() const noexcept {
    return {body_, static_cast<std::size_t>(body_end_ - body_)};
  }

  /// Whether another request may be sent on this connection (RFC 9112, 9.3). Bytes received after
  /// the response forbid it.
  bool keep_alive() const noexcept { return keep_alive_ && status_ == parse_status::complete; }

  /// Why it failed.
  arc_identity::error error() const noexcept {
    detail::failure failure;
    failure.set(reason_);
    failure.http_status = status_code_;
    return arc_identity::error(failure);
  }

  // --- For the library ---

  /// Why it failed.
  detail::reason reason() const noexcept { return reason_; }
  /// Whether the header section of a final response is complete.
  bool has_header() const noexcept { return phase_ > phase::fields; }
  /// From `WWW-Authenticate`.
  const detail::basic_realm& realm() const noexcept { return realm_; }
  /// `Retry-After`; empty if absent.
  const detail::cursor& retry_after() const noexcept { return retry_after_; }
  /// `Date`; empty if absent.
  const detail::cursor& date() const noexcept { return date_; }
  /// Whether a `Content-Encoding` other than identity was applied to the body.
  bool is_encoded() const noexcept { return is_encoded_; }

 private:
  enum class phase : std::uint8_t {
    status_line,
    fields,
    body,  ///< Of known length, or a chunk of it.
    body_until_close,
    chunk_size,
    chunk_end,
    trailers,
  };

  void run() noexcept {
    while (status_ == parse_status::incomplete && (is_in_body() ? take_body() : take_line())) {
    }
    if (status_ == parse_status::complete && at_ != end_) keep_alive_ = false;
    // Chunk framing takes no room: unparsed bytes move up to the body.
    if (has_header() && body_end_ != at_) {
      const auto rest = static_cast<std::size_t>(end_ - at_);
      detail::copy_secret(body_end_, at_, rest);
      at_ = body_end_;
      end_ = at_ + rest;
    }
  }

  bool is_in_body() const noexcept {
    return phase_ == phase::body || phase_ == phase::body_until_close;
  }

  /// Takes the available part of a body or a chunk; false if more bytes are needed.
  bool take_body() noexcept {
    auto count = static_cast<std::size_t>(end_ - at_);
    if (count > remaining_) count = remaining_;
    if (count == 0) return false;
    if (body_end_ != at_) detail::copy_secret(body_end_, at_, count);
    at_ += count;
    body_end_ += count;
    remaining_ -= count;
    if (phase_ == phase::body_until_close) {
      if (body().size() > limits_->body_bytes) fail(detail::reason::long_body);
    } else if (remaining_ == 0) {
      if (is_chunked_) {
        phase_ = phase::chunk_end;
      } else {
        status_ = parse_status::complete;
      }
    }
    return true;
  }

  /// Takes one line; false if more bytes are needed.
  bool take_line() noexcept {
    char* const begin = at_;
    char* line_end = end_of_line();
    const auto size = static_cast<std::size_t>(line_end - begin);
    if (size >= limits_->header_bytes - header_bytes_ + free_bytes()) {
      fail(detail::reason::long_header);
      return false;
    }
    if (line_end == end_) return false;
    at_ = line_end + 1;
    const bool has_cr = line_end != begin && line_end[-1] == '\r';
    if (has_cr) --line_end;
    detail::cursor line(begin, line_end);
    on_line(line, has_cr);
    return true;
  }

  /// The next LF, or the end of the received bytes.
  char* end_of_line() const noexcept {
    char* at = at_;
#if ARC_IDENTITY_PREFERS_SIZE
    while (at != end_ && *at != '\n') ++at;
    return at;
#else  // A line that arrives byte by byte is rescanned for each byte.
    if (at == end_) return at;
    at = static_cast<char*>(std::memchr(at, '\n', static_cast<std::size_t>(end_ - at)));
    return at != nullptr ? at : end_;
#endif
  }

  /// Chunk framing that is not counted as header: as many digits as a size can have, CR LF.
  std::size_t free_bytes() const noexcept {
    return phase_ == phase::chunk_size  ? 2 * sizeof(std::size_t) + 2
           : phase_ == phase::chunk_end ? 2
                                        : 0;
  }

  /// A line without its end. A bare LF also ends a line (RFC 9112, 2.2), except in chunk framing.
  void on_line(detail::cursor& line, bool has_cr) noexcept {
    if (!line.all_of(detail::is_field_char)) {
      return fail(phase_ == phase::status_line ? detail::reason::bad_status_line
                                               : detail::reason::control_byte);
    }
    if (phase_ == phase::chunk_size) return on_chunk_size(line, has_cr);
    if (phase_ == phase::chunk_end) {
      if (!has_cr || !line.empty()) return fail(detail::reason::bad_chunk_end);
      phase_ = phase::chunk_size;
      return;
    }
    header_bytes_ += static_cast<std::size_t>(at_ - line.at);
    if (phase_ == phase::status_line) return on_status_line(line);
    if (!line.empty()) return on_field(line);
    if (phase_ == phase::fields) return on_header_end();
    status_ = parse_status::complete;
  }

  /// HTTP-version SP 3DIGIT [SP reason-phrase] (RFC 9112, 4).
  void on_status_line(detail::cursor& line) noexcept {
    unsigned digits = 0;  // The minor version and the status.
    for (const char* form = "HTTP/1.0 000"; *form != '\0'; ++form, ++line.at) {
      const unsigned digit = line.empty() ? 10U : static_cast<unsigned>(*line.at - '0');
      if (*form == '0' ? digit > 9 : !line.is_at(*form)) {
        return fail(detail::reason::bad_status_line);
      }
      if (*form == '0') digits = digits * 10 + digit;
    }
    is_http_1_0_ = digits < 1000;
    keep_alive_ = !is_http_1_0_;
    const unsigned status = digits % 1000;
    if (status - 100 > 499 || status == 101 || !(line.empty() || line.is_at(' '))) {
      return fail(detail::reason::bad_status_line);
    }
    status_code_ = static_cast<int>(status);
    phase_ = phase::fields;
  }

  /// field-name ":" OWS field-value OWS (RFC 9112, 5).
  void on_field(detail::cursor& value) noexcept {
    if (++field_count_ > limits_->header_fields) return fail(detail::reason::many_fields);
    detail::cursor name;
    value.take_token(name);
    if (name.empty() || !value.skip(':')) return fail(detail::reason::bad_field);
    if (phase_ == phase::trailers) return;  // Does not affect the framing.
    value.trim();
    switch (
        name.index_in("content-length\0transfer-encoding\0connection\0content-encoding\0"
                      "www-authenticate\0retry-after\0date\0")) {
      case 0: return on_content_length(value);
      case 1:  // Only "chunked", and only once (RFC 9112, 6.1 and 7).
        if (is_chunked_ || !value.is("chunked\0")) return fail(detail::reason::unknown_coding);
        is_chunked_ = true;
        return;
      case 2: return on_connection(value);
      case 3: is_encoded_ = is_encoded_ || !(value.empty() || value.is("identity\0")); return;
      case 4: return realm_.look_in(value);
      case 5:
        if (retry_after_.at == nullptr) retry_after_ = value;
        return;
      case 6: date_ = value; return;
      default: return;
    }
  }

  /// One number; a list or several fields must repeat the same one (RFC 9112, 6.3).
  void on_content_length(detail::cursor& list) noexcept {
    do {
      std::uint32_t length = 0;
      list.skip_blanks();
      if (!list.take_number(length)) return fail(detail::reason::bad_length);
      list.skip_blanks();
      if (has_length_ && length != remaining_) return fail(detail::reason::two_lengths);
      has_length_ = true;
      remaining_ = length;
    } while (list.skip(','));
    if (!list.empty()) fail(detail::reason::bad_length);
  }

  /// A list of options (RFC 9110, 7.6.1); "close" wins over "keep-alive".
  void on_connection(detail::cursor& list) noexcept {
    do {
      detail::cursor option;
      list.take_until(",", option);
      option.trim();
      const int index = option.index_in("close\0keep-alive\0");
      if (index == 0) has_close_ = true;
      if (index == 1) keep_alive_ = true;
    } while (list.skip(','));
  }

  /// Decides where the body ends (RFC 9112, 6.3).
  void on_header_end() noexcept {
    body_ = body_end_ = at_;
    if (is_chunked_ && (has_length_ || is_http_1_0_)) {
      return fail(detail::reason::ambiguous_framing);
    }
    if (status_code_ < 200) return skip_interim();
    if (has_close_) keep_alive_ = false;
    if (status_code_ == 204 || status_code_ == 304) {
      phase_ = phase::body;
      status_ = parse_status::complete;
    } else if (is_chunked_) {
      phase_ = phase::chunk_size;
    } else if (has_length_) {
      phase_ = phase::body;
      if (remaining_ == 0) status_ = parse_status::complete;
      check_room();
    } else {
      keep_alive_ = false;
      phase_ = phase::body_until_close;
      remaining_ = SIZE_MAX;
    }
  }

  /// Drops a 1xx response and starts again (RFC 9110, 15.2); it still counts toward the limits.
  void skip_interim() noexcept {
    if (++interim_count_ > limits_->interim_responses) return fail(detail::reason::many_interims);
    const auto rest = static_cast<std::size_t>(end_ - at_);
    detail::copy_secret(begin_, at_, rest);
    at_ = body_ = body_end_ = begin_;
    end_ = begin_ + rest;
    remaining_ = 0;
    retry_after_ = date_ = {};
    realm_ = {};
    is_chunked_ = has_length_ = has_close_ = is_encoded_ = false;
    phase_ = phase::status_line;
  }

  /// chunk-size [chunk-ext] CR (RFC 9112, 7.1). Extensions are ignored.
  void on_chunk_size(detail::cursor& line, bool has_cr) noexcept {
    const char* const digits = line.at;
    std::size_t size = 0;
    for (; !line.empty(); ++line.at) {
      const int digit = detail::hex_value(*line.at);
      if (digit < 0) break;
      if (size > SIZE_MAX / 32) return fail(detail::reason::long_body);
      size = size * 16 + static_cast<std::size_t>(digit);
    }
    const bool has_digits = line.at != digits;
    const std::size_t extension = line.size();
    line.skip_blanks();
    if (!has_cr || !has_digits || (extension != 0 && !line.is_at(';'))) {
      return fail(detail::reason::bad_chunk_size);
    }
    header_bytes_ += extension;
    if (header_bytes_ > limits_->header_bytes) return fail(detail::reason::long_header);
    remaining_ = size;
    phase_ = size == 0 ? phase::trailers : phase::body;
    check_room();
  }

  /// Whether `remaining_` more bytes of body are allowed and fit.
  void check_room() noexcept {
    if (remaining_ > limits_->body_bytes - body().size() ||
        remaining_ > static_cast<std::size_t>(limit_ - body_end_)) {
      fail(detail::reason::long_body);
    }
  }

  ARC_IDENTITY_NOINLINE void fail(detail::reason why) noexcept {
    status_ = parse_status::failed;
    reason_ = why;
    keep_alive_ = false;
  }

  parse_status status_ = parse_status::incomplete;
  detail::reason reason_ = detail::reason::none;
  phase phase_ = phase::status_line;
  bool is_http_1_0_ = false;
  bool is_chunked_ = false;
  bool has_length_ = false;
  bool has_close_ = false;
  bool keep_alive_ = false;
  bool is_encoded_ = false;
  int status_code_ = 0;
  const response_limits* limits_;
  char* begin_;
  char* at_;     ///< Everything before it has been parsed.
  char* end_;    ///< Everything before it has been received.
  char* limit_;  ///< The end of the buffer.
  char* body_;
  char* body_end_;
  std::size_t remaining_ = 0;  ///< Of the body or of the chunk, in bytes.
  std::size_t header_bytes_ = 0;
  std::size_t field_count_ = 0;
  std::size_t interim_count_ = 0;
  detail::basic_realm realm_{};
  detail::cursor retry_after_{};
  detail::cursor date_{};
};

}  // namespace http
ARC_IDENTITY_END
