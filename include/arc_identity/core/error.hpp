// SPDX-License-Identifier: MIT
/// What went wrong, and what to do about it. No allocation: the message is part of the error.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/detail/text.hpp>

ARC_IDENTITY_BEGIN

/// The kinds of failure. `error::message()` tells the case at hand; docs/troubleshooting.md has a
/// section for each, by its name.
enum class errc : std::uint8_t {
  invalid_argument = 1,    ///< A resource, an identity or an option cannot be used as given.
  not_arc_server,          ///< No trace of an Azure Arc agent on this machine.
  invalid_endpoint,        ///< An endpoint that is not plain http on loopback, or half a pair.
  workspace_too_small,     ///< The caller's buffer cannot hold the request and the key.
  connection_refused,      ///< Nobody listens at the endpoint.
  connection_failed,       ///< The connection could not be made for another reason.
  agent_not_verified,      ///< `options::agent_check`: who answers does not own the key file.
  connection_lost,         ///< The peer closed or reset it before the response was whole.
  timed_out,               ///< A time limit of the options ran out.
  malformed_response,      ///< Not HTTP/1.x as RFC 9112 has it, or ambiguous.
  response_too_large,      ///< More than a limit of the traits, or than the buffer, allows.
  invalid_challenge,       ///< 401 without a `WWW-Authenticate` field.
  key_path_rejected,       ///< The challenge names no key file in the key directory.
  key_file_not_found,      ///< The key file that the agent named is not there.
  key_file_denied,         ///< This user may not read the key file.
  key_file_invalid,        ///< Not a regular file of 1 to 4096 bytes that can stand in a header.
  key_file_failed,         ///< The key file could not be read for another reason.
  key_rejected,            ///< The agent refused fresh keys.
  request_refused,         ///< The agent refused the request: 400, 403 and the like.
  identity_not_found,      ///< The identity asked for is not assigned to this machine.
  agent_unavailable,       ///< 408, 410, 429 or 5xx until attempts or time ran out.
  unexpected_status,       ///< A status that has no meaning here: a redirect, say.
  invalid_token_response,  ///< 200, but no usable token in it.
  identity_not_confirmed,  ///< A token, but not provably of the identity asked for.
  invalid_json,            ///< Not JSON as RFC 8259 has it.
  out_of_memory,           ///< A credential had no memory for the exchange or for the token.

  // Of a key vault.
  vault_unreachable,         ///< No connection to the vault: its name, a proxy, the network.
  vault_not_verified,        ///< Its TLS certificate does not prove that it is the vault.
  vault_challenge_rejected,  ///< It asks for a token, but not for one of its own domain.
  vault_access_denied,       ///< 401 to a fresh token, or 403: the identity may not do this.
  vault_item_not_found,      ///< 404: no such secret, or no such version of it.
  vault_refused,             ///< Another status that says no.
  vault_unavailable,         ///< 408, 429 or 5xx until attempts or time ran out.
  invalid_vault_response,    ///< 200, but not what was asked for.

  // Came later.
  discovery_failed,  ///< Whether this is an Arc machine is unknown: a file cannot be looked at.
};

namespace detail {

/// What a part of the library has to say of a failure. `what` is a static text; the words are
/// untrusted and are quoted, cut and cleaned when the error is made of it.
struct failure {
  errc code{};
  text what{};
  std::string_view words{};
  std::string_view more_words{};
  int http_status = 0;
  int system_error = 0;
  text remedy{};
  int retry_after = 0;                ///< In milliseconds.
  std::string_view correlation_id{};  ///< The agent's, untrusted as the words are.
};

constexpr text remedy_for(errc code) noexcept;

}  // namespace detail

/// A failure. Copies freely; about 400 bytes, or 144 where `ARC_IDENTITY_SMALL` is defined.
class error {
 public:
  /// For the library: makes the message at once, since the words may not last.
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): message_ is written up to its NUL.
  explicit error(const detail::failure& failure) noexcept
      : http_status_(failure.http_status),
        system_error_(failure.system_error),
        retry_after_(failure.retry_after),
        code_(failure.code) {
    if (detail::has_texts) {
      append(failure.what.c_str());
    } else {
      append_number("error ", static_cast<int>(failure.code));
    }
    append_untrusted(failure.words, longest_words);
    append_untrusted(failure.more_words, failure.words.size() < longest_words
                                             ? 2 * longest_words - failure.words.size()
                                             : longest_words);
    if (!failure.correlation_id.empty()) {
      append(" (correlationId");
      append_untrusted(failure.correlation_id, 40);
      append(')');
    }
    if (failure.http_status != 0) append_in_brackets("HTTP ", failure.http_status);
    if (failure.system_error != 0) append_in_brackets("system error ", failure.system_error);
    if (detail::has_texts) append_remedy(failure);
    message_[size_] = '\0';
  }

  /// The kind of failure.
  errc code() const noexcept { return code_; }

  /// The cause, the agent's own words where it spoke, and the remedy, as printable ASCII with a
  /// NUL at its end. Never a secret. It lives as long as this error. Where `ARC_IDENTITY_SMALL` is
  /// defined, the code's number stands for the cause, and there is no remedy.
  const char* message() const noexcept { return message_; }

  /// The status of the agent's response; 0 where there was none.
  int http_status() const noexcept { return http_status_; }

  /// The operating system's number (errno, GetLastError); 0 where none is known.
  int system_error() const noexcept { return system_error_; }

  /// How long the agent asked to be left alone (Retry-After: RFC 9110, 10.2.3); 0 where it did not.
  std::chrono::milliseconds retry_after() const noexcept {
    return std::chrono::milliseconds(retry_after_);
  }

 private:
  static constexpr std::size_t capacity = detail::has_texts ? 384 : 124;
  /// Twice; what one leaves goes to the other.
  static constexpr std::size_t longest_words = detail::has_texts ? 120 : 40;

  void append(const char* text) noexcept {
    for (; *text != '\0'; ++text) append(*text);
  }

  void append(char c) noexcept {
    if (size_ < capacity - 1) message_[size_++] = c;
  }

  /// Not ASCII, or a control character: '?'. A terminal must be safe from the agent's words.
  void append_untrusted(std::string_view text, std::size_t longest) noexcept {
    if (text.empty()) return;
    append(": ");
    const bool cut = text.size() > longest;
    if (cut) text.remove_suffix(text.size() - longest);
    for (const char c : text) append(c >= 0x20 && c < 0x7f ? c : '?');
    if (cut) append("...");
  }

  void append_remedy(const detail::failure& failure) noexcept {
    const detail::text remedy =
        failure.remedy != nullptr ? failure.remedy : detail::remedy_for(failure.code);
    if (remedy == nullptr) return;
    append(". ");
    append(remedy.c_str());
  }

  void append_in_brackets(const char* label, int number) noexcept {
    append(" (");
    append_number(label, number);
    append(')');
  }

  void append_number(const char* label, int number) noexcept {
    append(label);
    char digits[12];
    std::size_t count = 0;
    auto rest = static_cast<unsigned>(number);
    if (number < 0) rest = 0U - rest;
    do {
      digits[count++] = static_cast<char>('0' + rest % 10);
      rest /= 10;
    } while (rest != 0);
    if (number < 0) append('-');
    while (count != 0) append(digits[--count]);
  }

  std::uint16_t size_ = 0;
  int http_status_;
  int system_error_;
  int retry_after_;
  errc code_;
  char message_[capacity];
};

namespace detail {

/// What the user can do where the failure itself knows no better advice.
constexpr text remedy_for(errc code) noexcept {
  switch (code) {
    case errc::invalid_argument: return "Correct the argument";
    case errc::not_arc_server: return "Connect the machine to Azure Arc, or set the endpoint";
    case errc::discovery_failed:
      return "Run as root, or set IDENTITY_ENDPOINT and IMDS_ENDPOINT as services have them";
    case errc::invalid_endpoint:
      return "Expected a URL like http://localhost:40342/metadata/identity/oauth2/token";
    case errc::workspace_too_small: return "Give a buffer of 16 KB or more";
    case errc::connection_failed: return "Check that this process may open one more socket";
    case errc::connection_refused:
    case errc::timed_out:
    case errc::connection_lost:
    case errc::agent_unavailable:
      return "Try again later; if it lasts, restart the Arc agent's service (himds)";
    case errc::malformed_response:
    case errc::response_too_large:
    case errc::invalid_challenge:
    case errc::key_path_rejected:
    case errc::unexpected_status:
    case errc::invalid_token_response: return "Check that it is the Arc agent that listens there";
    case errc::agent_not_verified:
      return "Find out which process listens there (ss -ltnp). If it is to get the key, set "
             "agent_check to none";
    case errc::key_file_not_found: return "In a container, mount the agent's key directory";
    case errc::key_file_invalid:
    case errc::key_file_failed:
    case errc::key_rejected: return "Try again, and check the Arc agent (azcmagent check)";
    case errc::request_refused: return "Check the resource and the identity";
    case errc::key_file_denied: return "Run as a user who may read the agent's key directory";
    case errc::identity_not_found: return "Assign this identity to the machine, or ask for another";
    case errc::identity_not_confirmed:
      return "Update the Arc agent: it must know user-assigned identities";
    case errc::invalid_json: return "Correct the text";
    case errc::out_of_memory: return "Free some memory";
    default: return {};
  }
}

}  // namespace detail
ARC_IDENTITY_END
