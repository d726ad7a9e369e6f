// SPDX-License-Identifier: MIT
/// An incremental parser of one HTTP/1.x response to a GET request (RFC 9112), in the caller's
/// buffer. No I/O and no allocation; what it says of a response never depends on where the
/// bytes were split.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <string_view>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/error.hpp>
#include <arc_identity/core/limits.hpp>

ARC_IDENTITY_BEGIN
namespace http {

/// What parsing has come to.
enum class parse_status : std::uint8_t {
  incomplete,  ///< More bytes are needed.
  complete,    ///< The response is whole; its views can be used.
  failed,      ///< `error()` tells why; more bytes change nothing.
};

/// Receive into `prepare()`, then `commit()` what came; or `feed()` bytes from elsewhere. Say
/// `finish()` when the peer has closed. All views point into the buffer.
template <class Limits = default_limits>
class basic_response_parser {
 public:
  /// Parses in `buffer`, which must outlive it.
  ARC_IDENTITY_NOINLINE explicit basic_response_parser(mutable_buffer buffer) noexcept
      : buffer_(buffer) {}

  /// From now on, another response.
  void restart(mutable_buffer buffer) noexcept {
    ::new (static_cast<void*>(this)) basic_response_parser(buffer);
  }

  /// Where the next bytes go. Empty when the response is complete or has failed.
  mutable_buffer prepare() const noexcept {
    return status_ == parse_status::incomplete ? buffer_.after(end_) : mutable_buffer{};
  }

  /// Parses `count` bytes that were written into `prepare()`.
  parse_status commit(std::size_t count) noexcept {
    if (status_ != parse_status::incomplete) return status_;
    const std::size_t room = buffer_.size() - end_;
    end_ += count < room ? count : room;
    run();
    if (status_ == parse_status::incomplete && end_ == buffer_.size()) {
      fail(errc::response_too_large, "the response does not fit into the buffer");
    }
    return status_;
  }

  /// Copies `bytes` in and parses them.
  parse_status feed(std::string_view bytes) noexcept {
    while (!bytes.empty() && status_ == parse_status::incomplete) {
      const mutable_buffer space = prepare();
      const std::size_t count = bytes.size() < space.size() ? bytes.size() : space.size();
      detail::copy(space.data(), detail::first(bytes, count));
      bytes.remove_prefix(count);
      commit(count);
    }
    if (!bytes.empty()) keep_alive_ = false;  // Unasked-for bytes follow: RFC 9112, 9.2.
    return status_;
  }

  /// The peer has closed the connection: the end of a body without a length (RFC 9112, 8).
  parse_status finish() noexcept {
    if (status_ != parse_status::incomplete) return status_;
    if (phase_ == phase::body_until_close) {
      status_ = parse_status::complete;
    } else {
      fail(errc::connection_lost, end_ == 0 ? "the agent closed the connection without an answer"
                                            : "the agent closed the connection in mid-response");
    }
    return status_;
  }

  /// What parsing has come to.
  parse_status status() const noexcept { return status_; }

  /// 200 to 599; 0 as long as there is no status line, 100 to 199 in interim responses.
  int status_code() const noexcept { return status_code_; }

  /// The value of the `index`-th field of this name (without regard to case), white space around
  /// it removed; a null view where there is none, and until the header section is whole. It stays
  /// where the body fails.
  std::string_view header(std::string_view name, std::size_t index = 0) const noexcept {
    return find_field(name, index);
  }
  /// The value of the `index`-th field of this name (without regard to case), white space around
  /// it removed; a null view where there is none, and until the header section is whole.
  std::string_view header(const char* name, std::size_t index = 0) const noexcept {
    return find_field(name, index);
  }

  /// The decoded body.
  std::string_view body() const noexcept {
    return {buffer_.data() + body_begin_, body_end_ - body_begin_};
  }

  /// Whether another request may be sent on this connection (RFC 9112, 9.3). Bytes behind the
  /// response forbid it, where they have come with it.
  bool keep_alive() const noexcept { return keep_alive_ && status_ == parse_status::complete; }

  /// Why it failed.
  arc_identity::error error() const noexcept {
    return arc_identity::error({error_code_, reason_, {}, {}, status_code_});
  }
  /// Why it failed, for the library.
  errc error_code() const noexcept { return error_code_; }
  /// Why it failed, for the library.
  detail::text reason() const noexcept { return reason_; }

 private:
  enum class phase : std::uint8_t {
    status_line,
    fields,
    body_of_length,
    body_until_close,
    chunk_size,
    chunk_data,
    chunk_end,
    trailers,
  };

  /// As many digits as a size can need, and CR LF.
  static constexpr std::size_t longest_chunk_size = sizeof(std::size_t) * 2 + 2;

  template <class Name>
  std::string_view find_field(Name name, std::size_t index) const noexcept {
    if (body_begin_ < fields_begin_) return {};
    std::string_view lines(buffer_.data() + fields_begin_, body_begin_ - fields_begin_);
    while (!lines.empty()) {
      std::string_view line = detail::take_until(lines, '\n');
      if (detail::equals_ignoring_case(detail::take_until(line, ':'), name) && index-- == 0) {
        detail::drop_cr(line);
        return detail::trim(line);
      }
    }
    return {};
  }

  void run() noexcept {
    while (status_ == parse_status::incomplete && step()) {
    }
    if (status_ == parse_status::complete && at_ != end_) keep_alive_ = false;
    if (is_chunked_) close_gap();
  }

  /// Parses one line or one run of body bytes; false where more bytes are needed for it.
  bool step() noexcept {
    switch (phase_) {
      case phase::body_of_length:
      case phase::chunk_data: return take_body(remaining_);
      case phase::body_until_close: return take_body(SIZE_MAX);
      case phase::chunk_end: return take_chunk_end();
      default: return take_line();
    }
  }

  bool take_line() noexcept {
    const std::string_view rest(buffer_.data() + at_, end_ - at_);
    const std::size_t newline = detail::find(rest, '\n');
    const bool whole = newline != rest.size();
    const std::size_t size = whole ? newline + 1 : newline;
    const std::size_t free = phase_ == phase::chunk_size ? longest_chunk_size : 0;
    if (size > Limits::max_header_bytes - header_bytes_ + free) {
      fail_header_too_large();
      return false;
    }
    if (!whole) return false;
    at_ += size;
    header_bytes_ += size;
    on_line(detail::first(rest, newline));
    return true;
  }

  /// A line without its LF. A bare LF ends a line as well (RFC 9112, 2.2), except of a chunk.
  void on_line(std::string_view line) noexcept {
    if (phase_ == phase::chunk_size) return on_chunk_size(line);
    detail::drop_cr(line);
    if (phase_ == phase::status_line) return on_status_line(line);
    if (!line.empty()) return on_field(line);
    if (phase_ == phase::trailers) {
      status_ = parse_status::complete;
    } else {
      on_header_end();
    }
  }

  /// HTTP-version SP 3DIGIT [SP reason-phrase] (RFC 9112, 4).
  void on_status_line(std::string_view line) noexcept {
    constexpr std::size_t size = 12;
    if (!detail::matches_form(detail::first(line, size), "HTTP/1.0 000") ||
        (line.size() != size && line[size] != ' ') ||
        !detail::all_of(line, detail::is_field_char)) {
      return fail_status();
    }
    is_http_1_0_ = line[7] == '0';
    keep_alive_ = !is_http_1_0_;
    const int status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
    if (status < 100 || status > 599 || status == 101) return fail_status();
    status_code_ = status;
    fields_begin_ = at_;
    phase_ = phase::fields;
  }

  /// field-name ":" OWS field-value OWS (RFC 9112, 5).
  void on_field(std::string_view line) noexcept {
    if (++field_count_ > Limits::max_header_fields) {
      return fail(errc::response_too_large, "the response has too many fields");
    }
    std::string_view value = line;
    const std::string_view name = detail::take_until(value, ':');
    if (value.data() == nullptr || name.empty() || !detail::all_of(name, detail::is_token_char)) {
      return fail(errc::malformed_response, "a header field is folded, or has no valid name");
    }
    value = detail::trim(value);
    if (!detail::all_of(value, detail::is_field_char)) {
      return fail(errc::malformed_response, "a header field holds a control byte");
    }
    if (phase_ != phase::fields) return;  // A trailer says nothing about the framing.
    if (detail::equals_ignoring_case(name, "Content-Length")) return on_content_length(value);
    if (detail::equals_ignoring_case(name, "Transfer-Encoding")) return on_transfer_encoding(value);
    if (detail::equals_ignoring_case(name, "Connection")) on_connection(value);
  }

  /// One number; a list or several fields must repeat the same one (RFC 9112, 6.3).
  void on_content_length(std::string_view list) noexcept {
    constexpr std::int64_t max_length = SIZE_MAX / 32;
    do {
      const std::int64_t length = detail::parse_decimal(detail::take_element(list));
      if (length < 0) return fail(errc::malformed_response, "Content-Length is not a number");
      if (length > max_length) return fail_body_too_large();
      if (has_length_ && static_cast<std::size_t>(length) != remaining_) {
        return fail(errc::malformed_response, "two Content-Lengths differ");
      }
      has_length_ = true;
      remaining_ = static_cast<std::size_t>(length);
    } while (list.data() != nullptr);
  }

  /// Only "chunked", and only once (RFC 9112, 6.1 and 7).
  void on_transfer_encoding(std::string_view value) noexcept {
    if (is_chunked_ || !detail::equals_ignoring_case(value, "chunked")) {
      return fail(errc::malformed_response, "the Transfer-Encoding is unknown");
    }
    is_chunked_ = true;
  }

  /// A list of options (RFC 9110, 7.6.1); "close" wins over "keep-alive".
  void on_connection(std::string_view list) noexcept {
    while (!list.empty()) {
      const std::string_view option = detail::take_element(list);
      if (detail::equals_ignoring_case(option, "close")) has_close_ = true;
      if (detail::equals_ignoring_case(option, "keep-alive")) keep_alive_ = true;
    }
  }

  /// Decides where the body ends (RFC 9112, 6.3).
  void on_header_end() noexcept {
    if (is_chunked_ && (has_length_ || is_http_1_0_)) {
      return fail(errc::malformed_response, "the response has chunks and a length, or is HTTP/1.0");
    }
    body_begin_ = body_end_ = at_;
    if (status_code_ < 200) return skip_interim();
    if (has_close_) keep_alive_ = false;
    if (status_code_ == 204 || status_code_ == 304) {
      is_chunked_ = false;
      status_ = parse_status::complete;
    } else if (is_chunked_) {
      phase_ = phase::chunk_size;
    } else if (has_length_) {
      start_body_of_length();
    } else {
      keep_alive_ = false;
      phase_ = phase::body_until_close;
    }
  }

  void start_body_of_length() noexcept {
    if (remaining_ > Limits::max_body_bytes || remaining_ > buffer_.size() - at_) {
      return fail_body_too_large();
    }
    phase_ = phase::body_of_length;
    if (remaining_ == 0) status_ = parse_status::complete;
  }

  /// Drops a 1xx response and starts anew (RFC 9110, 15.2).
  void skip_interim() noexcept {
    if (++interim_count_ > Limits::max_interim_responses) {
      return fail(errc::response_too_large, "there are too many interim responses");
    }
    end_ -= at_;
    detail::copy_secret(buffer_.data(), {buffer_.data() + at_, end_});
    at_ = body_begin_ = body_end_ = fields_begin_ = remaining_ = 0;
    is_chunked_ = has_length_ = has_close_ = false;
    phase_ = phase::status_line;
  }

  /// chunk-size [chunk-ext] CR (RFC 9112, 7.1). Extensions are ignored.
  void on_chunk_size(std::string_view line) noexcept {
    std::size_t size = 0;
    std::size_t digits = 0;
    for (; digits < line.size() && detail::hex_value(line[digits]) >= 0; ++digits) {
      if (size > SIZE_MAX / 32) return fail_body_too_large();
      size = size * 16 + static_cast<std::size_t>(detail::hex_value(line[digits]));
    }
    line = detail::after(line, digits);
    const bool has_cr = detail::drop_cr(line);
    const bool is_extension = detail::starts_with(detail::trim(line), ";");
    if (digits == 0 || !has_cr || (!line.empty() && !is_extension) ||
        !detail::all_of(line, detail::is_field_char)) {
      return fail(errc::malformed_response, "a chunk has no valid size");
    }
    header_bytes_ -= digits + 2 <= longest_chunk_size ? digits + 2 : 0;  // Extras count.
    if (header_bytes_ > Limits::max_header_bytes) return fail_header_too_large();
    if (size > Limits::max_body_bytes - body().size() || size > buffer_.size() - body_end_) {
      return fail_body_too_large();
    }
    remaining_ = size;
    phase_ = size == 0 ? phase::trailers : phase::chunk_data;
  }

  bool take_chunk_end() noexcept {
    constexpr std::string_view expected = "\r\n";
    const std::string_view found(buffer_.data() + at_,
                                 end_ - at_ < expected.size() ? end_ - at_ : expected.size());
    if (!detail::starts_with(expected, found)) {
      fail(errc::malformed_response, "a chunk is longer than its size");
      return false;
    }
    if (found.size() < expected.size()) return false;
    at_ += expected.size();
    phase_ = phase::chunk_size;
    return true;
  }

  /// Takes up to `limit` bytes of body from what has been received.
  bool take_body(std::size_t limit) noexcept {
    const std::size_t available = end_ - at_;
    const std::size_t count = available < limit ? available : limit;
    if (count == 0) return false;
    if (body_end_ != at_) {
      detail::copy_secret(buffer_.data() + body_end_, {buffer_.data() + at_, count});
    }
    at_ += count;
    body_end_ += count;
    if (phase_ == phase::body_until_close) {
      if (body().size() > Limits::max_body_bytes) fail_body_too_large();
      return false;
    }
    remaining_ -= count;
    if (remaining_ == 0) {
      if (is_chunked_) {
        phase_ = phase::chunk_end;
      } else {
        status_ = parse_status::complete;
      }
    }
    return true;
  }

  /// Moves what is not parsed yet up to the decoded body, so that chunk framing takes no room.
  void close_gap() noexcept {
    if (phase_ < phase::chunk_size || body_end_ == at_) return;
    const std::size_t rest = end_ - at_;
    detail::copy_secret(buffer_.data() + body_end_, {buffer_.data() + at_, rest});
    at_ = body_end_;
    end_ = body_end_ + rest;
  }

  void fail_status() noexcept {
    fail(errc::malformed_response, "the response has no valid HTTP/1.x status");
  }

  void fail_header_too_large() noexcept {
    fail(errc::response_too_large, "the response's header is too long");
  }

  void fail_body_too_large() noexcept {
    fail(errc::response_too_large, "the response's body is too long");
  }

  ARC_IDENTITY_NOINLINE void fail(errc code, detail::text reason) noexcept {
    status_ = parse_status::failed;
    error_code_ = code;
    reason_ = reason;
    keep_alive_ = false;
  }

  mutable_buffer buffer_;
  std::size_t at_ = 0;   ///< Everything before it has been parsed.
  std::size_t end_ = 0;  ///< Everything before it has been received.
  std::size_t fields_begin_ = 0;
  std::size_t body_begin_ = 0;
  std::size_t body_end_ = 0;
  std::size_t remaining_ = 0;  ///< Of the body or of the chunk, in bytes.
  std::size_t header_bytes_ = 0;
  detail::text reason_{};
  int status_code_ = 0;
  std::size_t field_count_ = 0;
  std::size_t interim_count_ = 0;
  errc error_code_{};
  parse_status status_ = parse_status::incomplete;
  phase phase_ = phase::status_line;
  bool is_http_1_0_ = false;
  bool is_chunked_ = false;
  bool has_length_ = false;
  bool has_close_ = false;
  bool keep_alive_ = false;
};

/// With the default limits.
using response_parser = basic_response_parser<>;

}  // namespace http
ARC_IDENTITY_END
