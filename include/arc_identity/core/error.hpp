// SPDX-License-Identifier: MIT
/// What went wrong, and what to do about it. No allocation: the message is part of the error.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/detail/reason.hpp>
#include <arc_identity/core/detail/static_text.hpp>
#include <arc_identity/core/errc.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// What the peer says about an error: a code such as `invalid_request`, its description, and the id
/// that support asks for. Untrusted; messages quote it shortened and cleaned.
struct peer_error {
  quoted_text code{};
  quoted_text description{};
  quoted_text correlation_id{};
};

/// How a part of the library reports a failure: a rule of the core's table, or a code with its own
/// static texts.
struct failure {
  errc code{};
  static_text what{};  ///< Instead of the rule's sentence.
  peer_error peer{};   ///< Or other untrusted text that the message quotes.
  int http_status = 0;
  int system_error = 0;
  static_text remedy{};           ///< Instead of the rule's remedy.
  std::uint32_t retry_after = 0;  ///< In milliseconds.
  reason rule = reason::none;

  /// A violated rule.
  void set(reason violated) noexcept {
    code = code_of(violated);
    rule = violated;
  }
};

/// A violated rule as a failure; `quoted` is what violates it.
inline failure violation(reason rule, quoted_text quoted = {}) noexcept {
  failure made;
  made.set(rule);
  made.peer.code = quoted;
  return made;
}

/// The sentence of a rule; empty for `none`.
inline static_text text_of(reason rule) noexcept {
  if (rule == reason::none) return nullptr;
  if constexpr (!has_sentences) return "";
  return sentence_of(rule);
}

/// The name of a code of the core; "error" for another.
inline const char* name_of(errc code) noexcept {
  return nth_string(
      "error\0invalid_argument\0not_arc_server\0invalid_endpoint\0workspace_too_small\0"
      "connection_refused\0connection_failed\0agent_not_verified\0connection_lost\0timed_out\0"
      "malformed_response\0response_too_large\0invalid_challenge\0key_path_rejected\0"
      "key_file_not_found\0key_file_denied\0key_file_invalid\0key_file_failed\0key_rejected\0"
      "request_refused\0identity_not_found\0agent_unavailable\0unexpected_status\0"
      "invalid_token_response\0identity_not_confirmed\0invalid_json\0out_of_memory",
      static_cast<unsigned>(code < errc::vault_unreachable ? code : errc{}));
}

}  // namespace detail

/// A failure. Cheap to copy; about 400 bytes, or 88 where `ARC_IDENTITY_SMALL` is defined.
class error {
 public:
  /// For the library: builds the message at once, because the peer's texts may not outlive the
  /// call.
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): message_ is written up to its NUL.
  ARC_IDENTITY_COLD explicit error(const detail::failure& failure) noexcept
      : http_status_(failure.http_status),
        system_error_(failure.system_error),
        retry_after_(failure.retry_after),
        code_(failure.code) {
    if constexpr (detail::has_sentences) {
      append(failure.what != nullptr ? failure.what.c_str() : detail::sentence_of(failure.rule));
      quote(failure.peer);
    } else {
      append(detail::name_of(failure.code));
    }
    append_number(" (HTTP ", failure.http_status);
    append_number(" (system error ", failure.system_error);
    if constexpr (detail::has_sentences) {
      const char* const remedy = failure.remedy != nullptr ? failure.remedy.c_str()
                                 : failure.rule != detail::reason::none
                                     ? detail::remedy_of(failure.rule)
                                     : detail::remedy_of(failure.code);
      if (*remedy != '\0') {
        append(". ");
        append(remedy);
      }
    }
    message_[size_] = '\0';
  }

  /// For the library: a violated rule.
  ARC_IDENTITY_NOINLINE explicit error(detail::reason rule) noexcept
      : error(detail::violation(rule)) {}

  /// The kind of failure.
  errc code() const noexcept { return code_; }

  /// The cause, the peer's own text if it sent one, and the remedy, as NUL-terminated printable
  /// ASCII. Never a secret. Valid as long as this error. If `ARC_IDENTITY_SMALL` is defined, it
  /// is the code's name and the numbers.
  const char* message() const noexcept { return message_; }

  /// The status of the peer's response; 0 if there was none.
  int http_status() const noexcept { return http_status_; }

  /// The operating system's error number (errno, GetLastError); 0 if unknown.
  int system_error() const noexcept { return system_error_; }

  /// How long the peer asked the client to wait (Retry-After: RFC 9110, 10.2.3); 0 if it did not.
  std::chrono::milliseconds retry_after() const noexcept {
    return std::chrono::milliseconds(retry_after_);
  }

 private:
  static constexpr std::size_t capacity = detail::has_sentences ? 384 : 64;

  void append(char c) noexcept {
    if (size_ < capacity - 1) message_[size_++] = c;
  }

  ARC_IDENTITY_COLD void append(const char* text) noexcept {
    for (; *text != '\0'; ++text) append(*text);
  }

  /// Each of the two texts gets 120 characters; the second also gets what the first leaves unused.
  ARC_IDENTITY_COLD void quote(const detail::peer_error& peer) noexcept {
    constexpr std::size_t longest = 120;
    const std::string_view code = peer.code;
    quote(code, longest);
    const std::size_t unused = code.size() < longest ? longest - code.size() : 0;
    const std::size_t for_id = peer.correlation_id.empty() ? 0 : longest / 2;
    quote(peer.description, longest + unused - for_id);
    if (peer.correlation_id.empty()) return;
    append(" (correlationId");
    quote(peer.correlation_id, 40);
    append(')');
  }

  /// Replaces non-ASCII and control characters by '?', to protect terminals from the peer's text.
  ARC_IDENTITY_COLD void quote(std::string_view text, std::size_t longest) noexcept {
    if (text.empty()) return;
    append(": ");
    for (const char c : text) {
      if (longest-- == 0) return append("...");
      append(c >= 0x20 && c < 0x7f ? c : '?');
    }
  }

  /// In brackets, which `label` opens; 0 is omitted.
  ARC_IDENTITY_COLD void append_number(const char* label, int number) noexcept {
    if (number == 0) return;
    append(label);
    char digits[12];
    char* digit = digits + sizeof digits;
    *--digit = '\0';
    auto rest = static_cast<unsigned>(number);
    if (number < 0) {
      append('-');
      rest = 0U - rest;
    }
    for (; rest != 0; rest /= 10) *--digit = static_cast<char>('0' + rest % 10);
    append(digit);
    append(')');
  }

  std::uint16_t size_ = 0;
  int http_status_;
  int system_error_;
  std::uint32_t retry_after_;
  errc code_;
  char message_[capacity];
};

ARC_IDENTITY_END
