// SPDX-License-Identifier: MIT
/// Writes the text of an HTTP request into a buffer. It never writes past the end: after an
/// overflow `ok()` is false and the text is not to be sent.
#pragma once

#include <cstddef>
#include <string_view>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>

ARC_IDENTITY_BEGIN
namespace http {

/// Writes an HTTP request into a buffer, piece by piece.
class request_writer {
 public:
  /// Writes into `buffer`, from its start.
  explicit request_writer(mutable_buffer buffer) noexcept
      : begin_(buffer.begin()), to_(begin_), end_(buffer.end()) {}

  /// One character.
  void append(char c) noexcept {
    if (to_ == end_) {
      ok_ = false;
    } else {
      *to_++ = c;
    }
  }

  /// A text, unchanged.
  void append(std::string_view text) noexcept {
    if (text.size() > static_cast<std::size_t>(end_ - to_)) {
      ok_ = false;
    } else {
      detail::copy(to_, text);
      to_ += text.size();
    }
  }

  /// A literal, unchanged.
  void append(const char* text) noexcept { append(std::string_view(text)); }

  /// `name` unchanged, then `value`, percent-encoded (RFC 3986, 2.1).
  ARC_IDENTITY_NOINLINE void append_parameter(const char* name, std::string_view value) noexcept {
    append(name);
    for (const char c : value) {
      if (detail::is_unreserved(c)) {
        append(c);
        continue;
      }
      const char* const digits = "0123456789ABCDEF";
      const auto byte = static_cast<unsigned char>(c);
      append('%');
      append(digits[byte >> 4]);
      append(digits[byte & 15]);
    }
  }

  /// Whether all of it fitted.
  bool ok() const noexcept { return ok_; }
  /// Bytes written so far.
  std::size_t size() const noexcept { return static_cast<std::size_t>(to_ - begin_); }

 private:
  char* begin_;
  char* to_;
  char* end_;
  bool ok_ = true;
};

}  // namespace http
ARC_IDENTITY_END
