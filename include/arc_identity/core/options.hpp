// SPDX-License-Identifier: MIT
/// Options that a caller sets at run time, and events that it can observe.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/error.hpp>

ARC_IDENTITY_BEGIN

/// The key directory on Linux; on Windows it lies under the system's folder ProgramData.
inline constexpr std::string_view default_key_directory = "/var/opt/azcmagent/tokens";

/// The events an observer receives.
enum class event_kind : std::uint8_t {
  connected,       ///< A TCP connection was made.
  challenged,      ///< The agent named a key file, which may be opened: `text` is its path.
  key_read,        ///< The key has been read.
  refresh_failed,  ///< A credential keeps a valid token; refreshing failed for `reason`.
  retrying,        ///< An attempt failed for `reason`; the next one begins after `wait`.
  token_received,  ///< A token was received, valid for `lifetime`.
};

/// A step of an exchange, as the observer sees it. Never holds a secret; `text` comes from the
/// agent, is untrusted, and is valid only during the callback.
struct event {
  event_kind kind{};        ///< What happened.
  std::string_view text{};  ///< `connected`: the host and port; `challenged`: the key file's path.
  errc reason{};            ///< `retrying`, `refresh_failed`: why.
  int http_status = 0;      ///< `retrying`, `refresh_failed`: the agent's status; 0: no answer.
  std::chrono::milliseconds wait{0};  ///< `retrying`: how long until the next attempt, at most.
  std::chrono::seconds lifetime{0};   ///< `token_received`: how long it is valid.
};

/// Who must own the other end of a connection before the key is sent to it. Owners are users of the
/// operating system; only Linux reports them (for your own transports see docs/porting.md).
enum class agent_check : std::uint8_t {
  owner,   ///< The owner of the key file, root, or the user `himds`; or the owners are unknown.
  strict,  ///< The owner of the key file, known for certain. Before anything at all is sent: root
           ///< or the user `himds`.
  none,    ///< Anybody.
};

/// How to find the agent, how to ask it, and how long to wait. The views must outlive a client; a
/// credential copies them.
struct options {
  /// The URL of the token endpoint. Empty: the system's client finds it on this machine, others use
  /// the agent's default.
  std::string_view endpoint{};
  /// The absolute path of the directory that must contain the key files. Empty: the platform's.
  std::string_view key_directory{};
  /// The version of the agent's interface; the agent must support it.
  std::string_view api_version = "2020-06-01";
  /// For one attempt, from connecting to the token. Must be positive.
  std::chrono::milliseconds attempt_timeout{10'000};
  /// For a whole call, including waits and all attempts. Must be positive.
  std::chrono::milliseconds total_timeout{30'000};
  /// Replaces `total_timeout` when a credential refreshes a token before it expires.
  std::chrono::milliseconds refresh_timeout{3'000};
  /// The maximum number of attempts; at least 1.
  unsigned max_attempts = 16;
  /// As `agent_check::strict`, whatever `agent_check` is.
  bool verify_agent = false;
  /// Who may receive the key; otherwise the call fails with `agent_not_verified`. A program that
  /// drives a handshake without a client looks up the owners itself:
  /// `basic_handshake::peer_owned_by`.
  arc_identity::agent_check agent_check = arc_identity::agent_check::owner;
  /// Called as `observer(observer_context, event)` in the thread that asks for a token. It must
  /// not throw and must not call back into the client.
  void (*observer)(void* context, const event& event) = nullptr;
  /// The first argument of the observer.
  void* observer_context = nullptr;
};

/// Used if no options are given.
inline constexpr options default_options{};

namespace detail {

/// A timeout in milliseconds, limited to 24 days; a negative one becomes 0.
ARC_IDENTITY_NOINLINE constexpr std::uint32_t bounded(std::chrono::milliseconds timeout) noexcept {
  constexpr std::chrono::milliseconds longest{0x7fffffff};
  if (timeout.count() < 0) return 0;
  return static_cast<std::uint32_t>((timeout < longest ? timeout : longest).count());
}

constexpr agent_check check_of(const options& options) noexcept {
  return options.verify_agent ? agent_check::strict : options.agent_check;
}

/// On this system or on another: `/tokens`, `C:\tokens`, `C:/tokens`, `\\server\tokens`.
constexpr bool is_absolute(std::string_view path) noexcept {
  if (path.size() > 2 && path[0] != '/' && path[1] == ':') path.remove_prefix(2);
  return !path.empty() && (path[0] == '/' || path[0] == '\\');
}

/// Why these options are invalid, or `none`.
constexpr reason check(const options& options) noexcept {
  if (options.api_version.empty()) return reason::api_version_empty;
  if (options.attempt_timeout.count() <= 0 || options.total_timeout.count() <= 0 ||
      options.refresh_timeout.count() <= 0) {
    return reason::timeout_not_positive;
  }
  if (!options.key_directory.empty() && !is_absolute(options.key_directory)) {
    return reason::key_directory_relative;
  }
  return options.max_attempts == 0 ? reason::no_attempts : reason::none;
}

}  // namespace detail

ARC_IDENTITY_END
