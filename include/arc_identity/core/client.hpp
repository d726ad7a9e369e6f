// SPDX-License-Identifier: MIT
/// The blocking client: drives a handshake over a transport, a clock and a key file reader, and
/// keeps its deadlines. No heap; a call uses the caller's workspace.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/exchange/document_exchange.hpp>
#include <arc_identity/core/handshake.hpp>
#include <arc_identity/core/policies.hpp>

ARC_IDENTITY_BEGIN

/// Where the agent is: from the options, otherwise the defaults of Linux. A platform's discovery
/// has the same methods and may search in `find`.
class fixed_discovery {
 public:
  /// Looks for the agent. A failure with code 0 means success: then the other methods can be
  /// called.
  detail::failure find(const options& options) noexcept {
    endpoint_ = options.endpoint.empty() ? default_endpoint_url : options.endpoint;
    key_directory_ = options.key_directory.empty() ? default_key_directory : options.key_directory;
    return {};
  }
  /// The URL of the token endpoint.
  std::string_view endpoint() const noexcept { return endpoint_; }
  /// The URL whose host and port serve the metadata.
  std::string_view imds_endpoint() const noexcept { return endpoint_; }
  /// The directory that key files must lie in, absolute.
  std::string_view key_directory() const noexcept { return key_directory_; }

 private:
  std::string_view endpoint_{};
  std::string_view key_directory_{};
};

/// The compile-time settings of a client. Derive from it to change some of them.
struct default_traits : default_limits {
  /// The type that finds the agent.
  using discovery = fixed_discovery;
};

/// A client without heap or cache: gets tokens in the caller's buffer, one at a time. Not for use
/// by several threads at once: give each its own, or use a `credential`.
template <class Transport, class Clock, class KeyFileReader, class Traits = default_traits>
class basic_client {
  static_assert(detail::check_transport<Transport>());
  static_assert(detail::check_clock<Clock>());
  static_assert(detail::check_key_file_reader<KeyFileReader>());

 public:
  /// The type of `clock()`.
  using clock_type = Clock;

  /// Copies the policies; the views in `options` must outlive the client.
  explicit basic_client(const options& options = default_options, Transport transport = Transport{},
                        Clock clock = Clock{}, KeyFileReader key_file_reader = KeyFileReader{})
      : options_(options),
        transport_(std::move(transport)),
        clock_(std::move(clock)),
        key_file_reader_(std::move(key_file_reader)) {}

  /// Gets a token; blocks for `options::total_timeout` at most. The views of the result point
  /// into `workspace`, of which 16 KB are enough for usual tokens. The workspace then holds a
  /// secret: `wipe` it when the token is no longer needed.
  /// Errors: every `errc` before `invalid_json`.
  result<token_response> get_token(const token_request& request, mutable_buffer workspace) {
    handshake exchange(request, workspace, options_, http::limits_of<Traits>);
    return run(exchange, workspace);
  }

  /// Gets a document that the agent hands out without a challenge, such as `instance_metadata`; see
  /// exchange/document_exchange.hpp for what a Document must have. Time, views and workspace are as
  /// for a token. Errors: those of the Document, `unexpected_status` if the agent asks for a key,
  /// and those of `get_token` for the endpoint, the connection and HTTP.
  template <class Document>
  result<Document> get_document(mutable_buffer workspace) {
    detail::document_exchange<Document> exchange(workspace, options_, http::limits_of<Traits>);
    return run(exchange, workspace);
  }

  /// The client's copy of its clock.
  Clock& clock() noexcept { return clock_; }

  /// Replaces the option from now on.
  void set_total_timeout(std::chrono::milliseconds timeout) noexcept {
    options_.total_timeout = timeout;
  }

 private:
  template <class Exchange>
  result<typename Exchange::response> run(Exchange& exchange, mutable_buffer workspace) {
    drive(exchange);
    transport_.close();
    result<typename Exchange::response> outcome = exchange.result();
    if (!outcome) wipe(workspace);
    return outcome;
  }

  template <class Exchange>
  ARC_IDENTITY_COLD void drive(Exchange& exchange) {
    const milliseconds total = detail::bounded(options_.total_timeout);
    const milliseconds attempt = detail::bounded(options_.attempt_timeout);
    const milliseconds start = now();
    exchange.start_at(clock_.unix_time(), seed(&exchange, start));
    exchange.begin(discovery_);
    for (milliseconds attempt_start = now(); exchange.next() != need::nothing;) {
      const milliseconds present = now();
      if (present - start >= total) return exchange.give_up();
      const milliseconds left = total - (present - start);
      if (exchange.next() == need::wait) {
        if (!exchange.shorten_wait(std::chrono::milliseconds(left))) return exchange.give_up();
        transport_.close();
        clock_.sleep_for(exchange.wait_time());
        exchange.waited();
        attempt_start = now();
      } else if (exchange.next() == need::read_key) {
        read_key(exchange);
      } else if (present - attempt_start >= attempt) {
        exchange.failed(io_status::timed_out);
      } else {
        const milliseconds attempt_left = attempt - (present - attempt_start);
        const std::chrono::milliseconds timeout(attempt_left < left ? attempt_left : left);
        report(exchange, transfer(exchange, timeout));
      }
    }
  }

  /// A moment or a duration: the clock's milliseconds, modulo 2^32. No duration is over 2^31.
  using milliseconds = std::uint32_t;

  milliseconds now() { return static_cast<milliseconds>(clock_.now().count()); }

  /// Differs between processes if addresses or start times do.
  static std::uint32_t seed(const void* here, milliseconds time) noexcept {
    const auto address = reinterpret_cast<std::uintptr_t>(here);
    return static_cast<std::uint32_t>(address >> 4) ^ time * 2654435761U;
  }

  /// A separate function, so that its frame is gone when the received bytes are read.
  template <class Exchange>
  ARC_IDENTITY_NOINLINE io_result transfer(Exchange& exchange, std::chrono::milliseconds timeout) {
    if constexpr (Exchange::has_key && detail::has_peer_owner<Transport>::value) {
      if (exchange.carries_key() && detail::check_of(options_) != agent_check::none) {
        look_up_owner(exchange);
        if (exchange.next() != need::send) return {io_status::again};
      }
    }
    if (exchange.next() == need::send) return transport_.send(exchange.output(), timeout);
    if (exchange.next() == need::receive) return transport_.receive(exchange.input(), timeout);
    return transport_.connect(exchange.peer(), timeout);
  }

  template <class Exchange>
  void report(Exchange& exchange, const io_result& done) {
    if (done.status == io_status::again) return;
    if (done.status != io_status::ok) return exchange.failed(done.status, done.system_error);
    const need next = exchange.next();
    if (next == need::connect) return on_connected(exchange);
    next == need::send ? exchange.sent(done.count) : exchange.received(done.count);
  }

  template <class Exchange>
  ARC_IDENTITY_NOINLINE void read_key(Exchange& exchange) {
    if constexpr (Exchange::has_key) {
      exchange.key_read(key_file_reader_.read(exchange.key_path(), exchange.key_space()));
    }
  }

  template <class Exchange>
  void on_connected(Exchange& exchange) {
    if (detail::check_of(options_) == agent_check::strict) {
      if constexpr (detail::has_peer_owner<Transport>::value) {
        look_up_owner(exchange);
      } else {
        exchange.stop(detail::reason::no_peer_owner);
      }
    }
    exchange.connected();
  }

  template <class Exchange>
  ARC_IDENTITY_COLD void look_up_owner(Exchange& exchange) {
    exchange.peer_owned_by(transport_.peer_owner(exchange.peer(), exchange.key_owner()));
  }

  options options_;
  Transport transport_;
  Clock clock_;
  KeyFileReader key_file_reader_;
  typename Traits::discovery discovery_{};
};

ARC_IDENTITY_END
