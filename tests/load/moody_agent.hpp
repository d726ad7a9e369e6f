// SPDX-License-Identifier: MIT
/// An agent on a real socket, with real key files, that restarts, stalls, limits its rate and
/// breaks off at random. Its tokens live for minutes to hours of accelerated time.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <thread>

#include "load/fast_time.hpp"
#include "load/token_facts.hpp"
#include "support/agent_texts.hpp"
#include "support/raw_agent.hpp"
#include "support/temporary_directory.hpp"

class moody_agent {
 public:
  static constexpr int keys = 4;

  explicit moody_agent(std::uint32_t seed) : engine_(seed) {
    start(0);
    port_ = agent_->port();
  }
  moody_agent(const moody_agent&) = delete;
  moody_agent& operator=(const moody_agent&) = delete;

  static std::string resource(int key) { return "https://key-" + std::to_string(key) + ".test"; }

  /// Closes for `gone`, then listens again. False if the port is taken by then.
  bool restart(std::chrono::milliseconds gone) {
    agent_.reset();
    std::this_thread::sleep_for(gone);
    start(port_);
    return agent_->is_listening();
  }

  std::string url() const { return agent_->url(); }
  const std::string& key_directory() const { return directory_.path(); }
  std::size_t requests() const { return requests_; }
  std::size_t tokens() const { return tokens_; }
  std::size_t faults() const { return faults_; }

 private:
  void start(std::uint16_t port) {
    agent_ = std::make_unique<raw_agent>(
        [this](raw_connection& connection, std::size_t) {
          for (;;) {
            const std::string request = connection.read_request();
            if (request.empty()) return;
            ++requests_;
            if (!(engine_() % 6 == 0 ? fail(connection) : answer(connection, request))) return;
          }
        },
        raw_place{"127.0.0.1", port});
  }

  /// Fails at random. Returns whether the connection continues.
  bool fail(raw_connection& connection) {
    using namespace std::chrono_literals;
    ++faults_;
    switch (engine_() % 8) {
      case 0: connection.reset(); return false;
      case 1: return false;
      case 2: std::this_thread::sleep_for(1ms * (300 + engine_() % 1000)); return false;
      case 3: return connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{\"a\":");
      case 4: return connection.send(agent_texts::response(503, "", "{}"));
      case 5: return connection.send(agent_texts::response(429, "", "{}"));
      default: return connection.send(agent_texts::response(429, "Retry-After: 7\r\n", "{}"));
    }
  }

  bool answer(raw_connection& connection, const std::string& request) {
    if (!agent_texts::contains(request, "Authorization: Basic " + key_)) {
      key_ = "key-text-" + std::to_string(engine_());
      return connection.send(agent_texts::challenge(directory_.write("one.key", key_)));
    }
    const int key = std::stoi(request.substr(request.find("key-") + 4));
    token_facts& facts = last_.at(static_cast<std::size_t>(key));
    const std::chrono::milliseconds now = fast_time::clock{}.now();
    const std::chrono::milliseconds end = now + std::chrono::seconds(600 + engine_() % 6'600);
    const auto lifetime = std::chrono::ceil<std::chrono::seconds>((std::max)(end, facts.end) - now);
    facts = {key, facts.serial + 1, now + lifetime};
    ++tokens_;
    return connection.send(agent_texts::response(200, "",
                                                 R"({"access_token":")" + facts.text() +
                                                     R"(","expires_in":")" +
                                                     std::to_string(lifetime.count()) + R"("})"));
  }

  const temporary_directory directory_{};
  std::mt19937 engine_;                   // used by the agent's thread
  std::array<token_facts, keys> last_{};  // no token expires before the previous one
  std::string key_ = "none yet";
  std::atomic<std::size_t> requests_{0};
  std::atomic<std::size_t> tokens_{0};
  std::atomic<std::size_t> faults_{0};
  std::uint16_t port_ = 0;
  std::unique_ptr<raw_agent> agent_;  // The last member: its thread uses the others.
};
