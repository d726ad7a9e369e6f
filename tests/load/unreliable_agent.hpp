// SPDX-License-Identifier: MIT
/// An in-memory agent that many threads use at once and that fails at random: a Transport. It
/// writes into each token what the token is, and records violations of a credential's promises.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/policies.hpp>
#include <arc_identity/testing/manual_clock.hpp>

#include "load/token_facts.hpp"
#include "support/agent_texts.hpp"

/// Copies share one agent, but each has its own connection.
class unreliable_agent {
 public:
  static constexpr int held_key = 0;

  unreliable_agent(std::uint32_t seed, const arc_identity::testing::manual_clock& clock)
      : state_(std::make_shared<state>(seed, clock)) {}
  unreliable_agent(const unreliable_agent& other) : state_(other.state_) {}
  unreliable_agent& operator=(const unreliable_agent&) = delete;
  ~unreliable_agent() { close(); }

  static std::string resource(int key) { return "https://key-" + std::to_string(key) + ".test"; }

  /// From now on, requests for `held_key` are answered.
  void release() {
    const std::lock_guard<std::mutex> guard(state_->mutex);
    state_->is_holding = false;
    state_->released.notify_all();
  }

  long tokens() const {
    const std::lock_guard<std::mutex> guard(state_->mutex);
    long sum = 0;
    for (const auto& [key, count] : state_->serials) sum += count;
    return sum;
  }
  violations& found() { return state_->found; }

  arc_identity::io_result connect(const arc_identity::loopback_address&,
                                  std::chrono::milliseconds) {
    using arc_identity::io_status;
    close();
    if (is_down()) return {io_status::refused, 0, 111};
    switch (random(12)) {
      case 0: return {io_status::refused, 0, 111};
      case 1: return {io_status::timed_out};
      case 2: return {io_status::again};
      default: return {};
    }
  }

  arc_identity::io_result send(arc_identity::const_buffer bytes, std::chrono::milliseconds) {
    const std::string request(bytes);
    const std::size_t at = request.find("key-");
    enter(at == std::string::npos ? -1 : std::stoi(request.substr(at + 4)));
    answer_ = answer(agent_texts::contains(request, "Authorization: "));
    return {arc_identity::io_status::ok, bytes.size()};
  }

  arc_identity::io_result receive(arc_identity::mutable_buffer space, std::chrono::milliseconds) {
    hold();
    if (random(16) == 0) return {arc_identity::io_status::lost};
    const std::size_t size =
        std::min({answer_.size(), space.size(), std::size_t{1} + random(2000)});
    std::memcpy(space.data(), answer_.data(), size);
    answer_.erase(0, size);
    return {arc_identity::io_status::ok, size};
  }

  void close() {
    if (key_ < 0) return;
    const std::lock_guard<std::mutex> guard(state_->mutex);
    --state_->streams[key_];
    key_ = -1;
  }

 private:
  struct state {
    state(std::uint32_t seed, const arc_identity::testing::manual_clock& given)
        : clock(given), engine(seed) {}

    const arc_identity::testing::manual_clock clock;
    violations found{};
    std::mutex mutex{};
    std::condition_variable released{};
    std::mt19937 engine;
    std::map<int, int> streams{};
    std::map<int, long> serials{};
    std::chrono::milliseconds down_until{0};
    bool is_holding = true;
  };

  std::size_t random(std::size_t below) const {
    const std::lock_guard<std::mutex> guard(state_->mutex);
    return state_->engine() % below;
  }

  /// Whether the agent is down, sometimes for longer than tokens live.
  bool is_down() const {
    const std::lock_guard<std::mutex> guard(state_->mutex);
    const std::chrono::milliseconds now = state_->clock.now();
    const bool goes = now >= state_->down_until && state_->engine() % 64 == 0;
    if (goes) state_->down_until = now + std::chrono::minutes(4);
    return now < state_->down_until;
  }

  void enter(int key) {
    if (key_ == key) return;
    const std::lock_guard<std::mutex> guard(state_->mutex);
    key_ = key;
    state_->found.expect(++state_->streams[key] == 1, "two fetches at a time", resource(key));
  }

  void hold() const {
    if (key_ != held_key) return;
    std::unique_lock<std::mutex> guard(state_->mutex);
    state_->released.wait(guard, [this] { return !state_->is_holding; });
  }

  std::string answer(bool has_key) {
    using namespace std::chrono_literals;
    std::this_thread::sleep_for(std::chrono::microseconds(random(300)));
    switch (random(16)) {
      case 0: return agent_texts::response(503, "", "{}");
      case 1: return agent_texts::response(429, "Retry-After: 1\r\n", "{}");
      case 2: return agent_texts::response(400, "", R"({"error":"bad_request"})");
      case 3: return "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n";
      default: break;
    }
    if (!has_key && random(2) == 0) return agent_texts::challenge();
    const std::chrono::seconds lifetime(20 + random(200));
    const std::string text = make_token(lifetime).text();
    return agent_texts::response(200, "",
                                 R"({"access_token":")" + text + R"(","expires_in":)" +
                                     std::to_string(lifetime.count()) + "}");
  }

  token_facts make_token(std::chrono::seconds lifetime) const {
    const std::lock_guard<std::mutex> guard(state_->mutex);
    return {key_, ++state_->serials[key_], state_->clock.now() + lifetime};
  }

  std::shared_ptr<state> state_;
  std::string answer_{};
  int key_ = -1;  ///< of the request on this connection
};
