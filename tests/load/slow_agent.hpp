// SPDX-License-Identifier: MIT
/// An agent on a real socket, with real key files, that answers when the test lets it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>

#include "support/agent_texts.hpp"
#include "support/raw_agent.hpp"
#include "support/temporary_directory.hpp"

/// Challenges, and answers with token-1, token-2, ... as soon as it is let.
class slow_agent {
 public:
  slow_agent()
      : agent_([this](raw_connection& connection, std::size_t) {
          for (;;) {
            const std::string request = connection.read_request();
            if (request.empty()) return;
            ++requests_;
            if (!agent_texts::contains(request, "Authorization: ")) {
              connection.send(agent_texts::challenge(keys_.write("1.key", agent_texts::key)));
              continue;
            }
            wait();
            const std::string name = "token-" + std::to_string(++tokens_);
            connection.send(agent_texts::response(200, "", agent_texts::token_body("", name)));
          }
        }) {}
  ~slow_agent() { release(); }
  slow_agent(const slow_agent&) = delete;
  slow_agent& operator=(const slow_agent&) = delete;

  void hold() {
    const std::lock_guard<std::mutex> guard(mutex_);
    is_holding_ = true;
  }
  void release() {
    const std::lock_guard<std::mutex> guard(mutex_);
    is_holding_ = false;
    released_.notify_all();
  }

  std::size_t requests() const { return requests_; }
  std::size_t connections() const { return agent_.connections(); }
  std::string url() const { return agent_.url(); }
  const std::string& key_directory() const { return keys_.path(); }

 private:
  void wait() {
    std::unique_lock<std::mutex> guard(mutex_);
    released_.wait(guard, [this] { return !is_holding_; });
  }

  const temporary_directory keys_{};
  std::mutex mutex_;
  std::condition_variable released_;
  bool is_holding_ = false;
  std::atomic<std::size_t> requests_{0};
  int tokens_ = 0;
  raw_agent agent_;  // The last member: its thread uses the others.
};
