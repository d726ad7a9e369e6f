// SPDX-License-Identifier: MIT
/// Writes an HTTP/1.1 GET request (RFC 9112, 3 and 5) into a buffer. It never writes past the
/// end: after an overflow `ok()` is false and the text is not to be sent.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>

#include <arc_identity/core/ascii.hpp>
#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/config.hpp>

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
  void query(std::string_view name, std::string_view value) noexcept {
    append(separator_);
    append(name);
    append("=");
    for (const char c : value) append_encoded(c);
    separator_ = "&";
  }

  /// Ends the request line; fields follow.
  void start_fields() noexcept { append(" HTTP/1.1"); }

  /// A field; both texts must be valid in one.
  void field(std::string_view name, std::string_view value) noexcept {
    append("\r\n");
    append(name);
    append(": ");
    append(value);
  }

  /// Ends the request.
  void finish() noexcept { append("\r\n\r\n"); }

  /// Room for a value that somebody else writes right behind what there is so far.
  mutable_buffer room() const noexcept { return buffer_.after(size_); }
  /// `count` bytes were written into `room()`.
  void skip(std::size_t count) noexcept { size_ += count; }

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
    if (!text.empty()) std::memcpy(buffer_.data() + size_, text.data(), text.size());
    size_ += text.size();
  }

  void append_encoded(char c) noexcept {
    constexpr char digits[] = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    const char encoded[] = {'%', digits[byte >> 4], digits[byte & 15]};
    append(detail::is_unreserved(c) ? std::string_view(&c, 1) : std::string_view(encoded, 3));
  }

  mutable_buffer buffer_;
  std::size_t size_ = 0;
  std::string_view separator_ = "?";
  bool ok_ = true;
};

}  // namespace http
ARC_IDENTITY_END
