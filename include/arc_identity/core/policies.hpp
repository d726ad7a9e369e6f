// SPDX-License-Identifier: MIT
/// What a Transport, a Clock and a KeyFileReader must do. They are plain types with the methods
/// below: no base class, nothing virtual. A policy that lacks one does not compile, and the
/// compiler's message says what is missing.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/endpoint.hpp>

ARC_IDENTITY_BEGIN

/// How an operation of a transport ended.
enum class io_status : std::uint8_t {
  ok,         ///< Done; `count` bytes were sent or received.
  again,      ///< Nothing happened yet (for example, a signal arrived); the caller retries.
  refused,    ///< `connect` only: no program listens there.
  lost,       ///< The peer reset the connection.
  timed_out,  ///< The time given ran out.
  failed,     ///< Another error: see `system_error`.
  busy,       ///< `connect` only: the system is short of handles or memory now.
};

/// What a method of a transport returns.
struct io_result {
  io_status status = io_status::ok;  ///< How it ended.
  std::size_t count = 0;             ///< Bytes sent or received; 0 of `receive`: the peer's end.
  int system_error = 0;              ///< The operating system's number; 0 if there is none.
};

/// How reading a key file ended.
enum class key_file_status : std::uint8_t {
  ok,         ///< `size` bytes were read.
  not_found,  ///< There is no file of that name.
  denied,     ///< This user may not read it; `remedy` may say what to do.
  invalid,    ///< A link, a directory, a device, ...; see `reason`.
  failed,     ///< Another error: see `system_error`.
  busy,       ///< It cannot be opened or read now: too many open files, for example.
};

/// Who owns a key file: a user, by the operating system's number, or unknown.
struct file_owner {
  std::uint32_t user = 0;  ///< The operating system's number.
  bool is_known = false;   ///< Whether `user` is known.
};

/// The result of reading a key file.
struct key_file_result {
  key_file_status status = key_file_status::ok;  ///< How it ended.
  std::size_t size = 0;                          ///< Bytes read.
  int system_error = 0;          ///< The operating system's number; 0 if there is none.
  const char* reason = nullptr;  ///< A static text, or null.
  const char* remedy = nullptr;  ///< A static text, or null.
  file_owner owner{};            ///< Of the open file; unknown if the system has no owners.
};

/// Whether it is known who owns the other end of a connection.
enum class owner_status : std::uint8_t {
  unknown,  ///< This system cannot tell for any connection.
  known,    ///< `user` owns it.
  hidden,   ///< The system can tell, but not for this one. It gets no key.
  busy,     ///< It cannot be looked up now: too few descriptors, a closed connection.
};

/// The result of looking up who owns the other end of a connection.
struct peer_owner_result {
  owner_status status = owner_status::unknown;  ///< How it ended.
  bool is_agent = false;   ///< `user` is root or the agent's user; false if unknown.
  std::uint32_t user = 0;  ///< The operating system's user number; only if `known`.
  int system_error = 0;    ///< The operating system's number; 0 if there is none.
};

/// The maximum key length in bytes (the same as in other clients).
inline constexpr std::size_t max_key_bytes = 4096;

/// Transport: one byte stream at a time, to the loopback interface. Its owner calls one method at
/// a time. `timeout` is positive, and is the longest that the call may take.
///
///     io_result connect(const loopback_address& peer, std::chrono::milliseconds timeout);
///         Closes any previous stream first.
///         ok         the stream is connected
///         again      it is in progress; the next call, for the same peer, continues it or
///                    starts again
///         refused    no program listens at `peer`; another address may work, or this one later
///         timed_out  no answer within `timeout`
///         failed     it cannot be connected: see `system_error`
///         busy       it cannot be connected now, perhaps later: see `system_error`
///
///     io_result send(const_buffer bytes, std::chrono::milliseconds timeout);
///         ok         the first `count` of `bytes`, at least one, were sent
///         again      none yet, call again
///         lost       the peer is gone; how much it received is unknown
///         timed_out  nothing could be sent within `timeout`
///         failed     `system_error`
///
///     io_result receive(mutable_buffer space, std::chrono::milliseconds timeout);
///         ok         `count` bytes are in `space`; 0: the peer has closed its side
///         again      none yet, call again
///         lost       the peer reset the stream
///         timed_out  nothing was received within `timeout`
///         failed     `system_error`
///
///     void close();
///         Closes the stream, also while it is connecting; does nothing if there is none. The
///         destructor does the same.
///
/// Optional, for `options::agent_check`; without it the owner is unknown. Called on a
/// connected stream, before the key is sent, and for `agent_check::strict` before anything is sent:
///
///     peer_owner_result peer_owner(const loopback_address& peer, const file_owner& key_file);
///         Looks up the user who owns the other end of the stream to `peer`. `is_agent` is needed
///         only if this user does not own `key_file`, or if the file's owner is unknown: otherwise
///         a slow look-up of the agent's user can be skipped.
///
/// A copy of a transport shares no stream with it: it starts without one.
///
/// Clock:
///
///     std::chrono::milliseconds now();
///         since some fixed moment; never goes back, and advances while the machine sleeps
///     std::chrono::seconds unix_time();
///         since 1970-01-01T00:00:00Z; any value if no clock is set
///     void sleep_for(std::chrono::milliseconds time);
///         blocks for this time; returning early is harmless
///
/// KeyFileReader:
///
///     key_file_result read(const char* path, mutable_buffer space);
///         Opens `path` (NUL-terminated; one name in the key directory) once, without following a
///         link and without blocking, checks on the open handle that it is a regular file
///         with one name (no hard link), and reads it from its start, until its end or until
///         `space` is full.
///         ok         `size` bytes are in `space`; as many as fit if the file is longer. `owner`
///                    is that of the open file
///         not_found, denied, invalid, failed, busy: see `key_file_status`; `space` holds no key.
///                    After `busy` the client starts again, until attempts or time run out.
namespace detail {

/// Whether a policy has a method, as a type.
#define ARC_IDENTITY_DETECT(name, expression, result_type) \
  template <class Policy, class = void>                    \
  struct name : std::false_type {};                        \
  template <class Policy>                                  \
  struct name<Policy, std::void_t<decltype(expression)>>   \
      : std::is_convertible<decltype(expression), result_type> {};

ARC_IDENTITY_DETECT(has_connect,
                    std::declval<Policy&>().connect(std::declval<const loopback_address&>(),
                                                    std::declval<std::chrono::milliseconds>()),
                    io_result)
ARC_IDENTITY_DETECT(has_send,
                    std::declval<Policy&>().send(std::declval<const_buffer>(),
                                                 std::declval<std::chrono::milliseconds>()),
                    io_result)
ARC_IDENTITY_DETECT(has_receive,
                    std::declval<Policy&>().receive(std::declval<mutable_buffer>(),
                                                    std::declval<std::chrono::milliseconds>()),
                    io_result)
ARC_IDENTITY_DETECT(has_close, std::declval<Policy&>().close(), void)
ARC_IDENTITY_DETECT(has_peer_owner,
                    std::declval<Policy&>().peer_owner(std::declval<const loopback_address&>(),
                                                       std::declval<const file_owner&>()),
                    peer_owner_result)
ARC_IDENTITY_DETECT(has_now, std::declval<Policy&>().now(), std::chrono::milliseconds)
ARC_IDENTITY_DETECT(has_unix_time, std::declval<Policy&>().unix_time(), std::chrono::seconds)
ARC_IDENTITY_DETECT(has_sleep_for,
                    std::declval<Policy&>().sleep_for(std::declval<std::chrono::milliseconds>()),
                    void)
ARC_IDENTITY_DETECT(has_read,
                    std::declval<Policy&>().read(std::declval<const char*>(),
                                                 std::declval<mutable_buffer>()),
                    key_file_result)
#undef ARC_IDENTITY_DETECT

/// Whether a type has a member of that name, of whatever kind.
template <class Policy, class = void>
struct names_peer_owner : std::false_type {};
template <class Policy>
struct names_peer_owner<Policy, std::void_t<decltype(&Policy::peer_owner)>> : std::true_type {};

template <class Transport>
struct check_transport : std::true_type {
  static_assert(has_connect<Transport>::value,
                "the Transport policy lacks: io_result connect(const loopback_address& peer, "
                "std::chrono::milliseconds timeout)");
  static_assert(has_send<Transport>::value,
                "the Transport policy lacks: io_result send(const_buffer bytes, "
                "std::chrono::milliseconds timeout)");
  static_assert(has_receive<Transport>::value,
                "the Transport policy lacks: io_result receive(mutable_buffer space, "
                "std::chrono::milliseconds timeout)");
  static_assert(has_close<Transport>::value, "the Transport policy lacks: void close()");
  static_assert(has_peer_owner<Transport>::value || !names_peer_owner<Transport>::value,
                "the Transport policy's peer_owner is not: peer_owner_result peer_owner(const "
                "loopback_address& peer, const file_owner& key_file)");
};

template <class Clock>
struct check_clock : std::true_type {
  static_assert(has_now<Clock>::value, "the Clock policy lacks: std::chrono::milliseconds now()");
  static_assert(has_unix_time<Clock>::value,
                "the Clock policy lacks: std::chrono::seconds unix_time()");
  static_assert(has_sleep_for<Clock>::value,
                "the Clock policy lacks: void sleep_for(std::chrono::milliseconds time)");
};

template <class KeyFileReader>
struct check_key_file_reader : std::true_type {
  static_assert(has_read<KeyFileReader>::value,
                "the KeyFileReader policy lacks: key_file_result read(const char* path, "
                "mutable_buffer space)");
};

}  // namespace detail
ARC_IDENTITY_END
