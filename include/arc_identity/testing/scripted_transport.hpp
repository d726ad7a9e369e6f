// SPDX-License-Identifier: MIT
/// A Transport policy for tests, which plays a script of the agent's behaviour and records the
/// bytes sent. Copies share the script and the record.
#pragma once

#include <chrono>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/policies.hpp>

ARC_IDENTITY_BEGIN
namespace testing {

/// A stand-in for the agent. Beyond the script, `connect` and `send` succeed, and `receive` reports
/// that the peer has closed the connection. Without a connection, `send` and `receive` fail, as on
/// a socket.
class scripted_transport {
 public:
  scripted_transport() : state_(std::make_shared<state>()) {}

  /// Adds the result of one more `connect` to the script.
  void on_connect(const io_result& outcome) {
    const lock guard(state_->mutex);
    state_->connects.push_back(outcome);
  }
  /// Adds the result of one more `send`; `count` is limited to the number of bytes in the call.
  void on_send(const io_result& outcome) {
    const lock guard(state_->mutex);
    state_->sends.push_back(outcome);
  }
  /// Adds bytes to receive. One `receive` returns them, or several if they do not fit.
  void on_receive(const std::string& bytes) {
    const lock guard(state_->mutex);
    state_->receives.push_back({{io_status::ok, bytes.size()}, bytes});
  }
  /// Adds the result of one more `receive`, without bytes; `io_status::ok` means that the peer has
  /// closed the connection.
  void on_receive(const io_result& outcome) {
    const lock guard(state_->mutex);
    state_->receives.push_back({{outcome.status, 0, outcome.system_error}, {}});
  }

  /// Sets who owns the other end of each connection from now on. Until then it is unknown.
  void set_peer_owner(const peer_owner_result& peer) {
    const lock guard(state_->mutex);
    state_->peer = peer;
  }

  /// All bytes sent on connection number `index`, from 0.
  std::string sent(std::size_t index) const {
    const lock guard(state_->mutex);
    return state_->sent.at(index);
  }
  /// The number of connections made.
  std::size_t connections() const {
    const lock guard(state_->mutex);
    return state_->sent.size();
  }
  /// The address of each `connect`, in order.
  std::vector<loopback_address> peers() const {
    const lock guard(state_->mutex);
    return state_->peers;
  }
  /// Whether a connection is open now.
  bool is_open() const {
    const lock guard(state_->mutex);
    return state_->is_open;
  }
  /// Whether the whole script was played.
  bool is_over() const {
    const lock guard(state_->mutex);
    return state_->connects.empty() && state_->sends.empty() && state_->receives.empty();
  }

  /// See core/policies.hpp.
  io_result connect(const loopback_address& peer, std::chrono::milliseconds) {
    const lock guard(state_->mutex);
    state_->peers.push_back(peer);
    const io_result outcome = take(state_->connects, {});
    state_->is_open = outcome.status == io_status::ok;
    if (state_->is_open) state_->sent.emplace_back();
    return outcome;
  }

  /// See core/policies.hpp.
  io_result send(const_buffer bytes, std::chrono::milliseconds) {
    const lock guard(state_->mutex);
    if (!state_->is_open) return {io_status::failed};
    io_result outcome = take(state_->sends, {io_status::ok, bytes.size()});
    if (outcome.count > bytes.size()) outcome.count = bytes.size();
    if (outcome.status == io_status::ok) state_->sent.back().append(bytes.substr(0, outcome.count));
    return outcome;
  }

  /// See core/policies.hpp.
  io_result receive(mutable_buffer space, std::chrono::milliseconds) {
    const lock guard(state_->mutex);
    if (!state_->is_open) return {io_status::failed};
    if (state_->receives.empty()) return io_result{};
    reception& next = state_->receives.front();
    io_result outcome = next.outcome;
    if (outcome.count > space.size()) outcome.count = space.size();
    std::memcpy(space.data(), next.bytes.data(), outcome.count);
    next.bytes.erase(0, outcome.count);
    next.outcome.count = next.bytes.size();
    if (next.bytes.empty()) state_->receives.pop_front();
    return outcome;
  }

  /// See core/policies.hpp.
  peer_owner_result peer_owner(const loopback_address&, const file_owner&) {
    const lock guard(state_->mutex);
    return state_->peer;
  }

  /// See core/policies.hpp.
  void close() {
    const lock guard(state_->mutex);
    state_->is_open = false;
  }

 private:
  using lock = std::lock_guard<std::mutex>;

  struct reception {
    io_result outcome;
    std::string bytes;
  };
  struct state {
    std::mutex mutex;
    std::deque<io_result> connects;
    std::deque<io_result> sends;
    std::deque<reception> receives;
    std::vector<std::string> sent;
    std::vector<loopback_address> peers;
    peer_owner_result peer;
    bool is_open = false;
  };

  static io_result take(std::deque<io_result>& script, io_result otherwise) {
    if (script.empty()) return otherwise;
    const io_result next = script.front();
    script.pop_front();
    return next;
  }

  std::shared_ptr<state> state_;
};

}  // namespace testing
ARC_IDENTITY_END
