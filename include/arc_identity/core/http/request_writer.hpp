// SPDX-License-Identifier: MIT
/// Writes an HTTP/1.1 GET request (RFC 9112, 3 and 5) into a buffer. It never writes past the
/// end: after an overflow `ok()` is false and the text is not to be sent.
#pragma once

#include <cstddef>
#include <string_view>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>

ARC_IDENTITY_BEGIN
namespace http {

/// Call in the order of the message: path, query..., start_fields, field..., finish.
class request_writer {
 public:
  /// Writes into `buffer`, from its start.
  explicit request_writer(mutable_buffer buffer) noexcept : buffer_(buffer) {}

  /// The request target's path, which must be valid as it is (`endpoint` has checked it).
  void path(std::string_view text) noexcept {
    append("GET ");
    append(text);
  }

  /// A parameter of the query; `name` is a literal, `value` gets percent-encoded (RFC 3986, 2.1).
  void query(const char* name, std::string_view value) noexcept {
    append(separator_);
    separator_ = '&';
    append(name);
    append('=');
    for (const char c : value) append_encoded(c);
  }

  /// Ends the request line; fields follow.
  void start_fields() noexcept { append(" HTTP/1.1"); }

  /// A field; `name` is a literal, and both texts must be valid in one.
  void field(const char* name, std::string_view value) noexcept {
    append("\r\n");
    append(name);
    append(": ");
    append(value);
  }

  /// Fields, or the beginning of one, as a literal; each with its line end before it.
  void fields(const char* literal) noexcept { append(literal); }

  /// Ends the request.
  void finish() noexcept { append("\r\n\r\n"); }

  /// Whether all of it fitted.
  bool ok() const noexcept { return ok_; }
  /// What there is so far, at the start of the buffer.
  std::string_view text() const noexcept { return {buffer_.data(), size_}; }

 private:
  void append(std::string_view text) noexcept {
    if (text.size() > buffer_.size() - size_) {
      ok_ = false;
      return;
    }
    detail::copy(buffer_.data() + size_, text);
    size_ += text.size();
  }

  void append(const char* literal) noexcept {
#if ARC_IDENTITY_PREFERS_SIZE
    for (; *literal != '\0'; ++literal) append(*literal);
#else
    append(std::string_view(literal));
#endif
  }

  void append(char c) noexcept { append(std::string_view(&c, 1)); }

  void append_encoded(char c) noexcept {
    if (detail::is_unreserved(c)) return append(c);
    constexpr const char* digits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    append('%');
    append(digits[byte >> 4]);
    append(digits[byte & 15]);
  }

  mutable_buffer buffer_;
  std::size_t size_ = 0;
  char separator_ = '?';
  bool ok_ = true;
};

}  // namespace http
ARC_IDENTITY_END
