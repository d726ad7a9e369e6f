// SPDX-License-Identifier: MIT
/// Accelerated time: a Clock, and a Transport over real sockets whose time limits are reduced by
/// the same factor.
#pragma once

#include <algorithm>
#include <chrono>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/endpoint.hpp>
#include <arc_identity/core/policies.hpp>
#include <arc_identity/system/platform.hpp>

namespace fast_time {

inline constexpr int speed = 720;  // a day takes two minutes

class clock {
 public:
  using milliseconds = std::chrono::milliseconds;

  milliseconds now() const {
    return std::chrono::duration_cast<milliseconds>(
        std::chrono::steady_clock::now().time_since_epoch() * speed);
  }
  std::chrono::seconds unix_time() const {
    return std::chrono::duration_cast<std::chrono::seconds>(now());
  }
  void sleep_for(milliseconds time) const { system_.sleep_for(real(time)); }

  /// The real time for an accelerated one; at least a millisecond.
  static milliseconds real(milliseconds time) { return (std::max)(time / speed, milliseconds(1)); }

 private:
  arc_identity::system::clock system_{};
};

class transport {
 public:
  arc_identity::io_result connect(const arc_identity::loopback_address& peer,
                                  std::chrono::milliseconds timeout) {
    has_connected() = true;
    return socket_.connect(peer, clock::real(timeout));
  }
  arc_identity::io_result send(arc_identity::const_buffer bytes,
                               std::chrono::milliseconds timeout) {
    return socket_.send(bytes, clock::real(timeout));
  }
  arc_identity::io_result receive(arc_identity::mutable_buffer space,
                                  std::chrono::milliseconds timeout) {
    return socket_.receive(space, clock::real(timeout));
  }
  void close() { socket_.close(); }

  /// Whether this thread has waited; the caller resets it.
  static bool& has_connected() {
    static thread_local bool value = false;
    return value;
  }

 private:
  arc_identity::system::socket_transport socket_{};
};

}  // namespace fast_time
