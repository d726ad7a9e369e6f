// SPDX-License-Identifier: MIT
/// An agent on a real socket, with a real key file (POSIX). It challenges each request without a
/// key; the test says how it responds to one with a key, and can hold the response back.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include "support/agent_texts.hpp"
#include "support/raw_agent.hpp"
#include "support/temporary_directory.hpp"

/// An answer with token-0, token-1, ...
inline std::string numbered_tokens(std::size_t index, const std::string&) {
  return agent_texts::numbered_token(index);
}

class keyed_agent {
 public:
  /// The response to the `index`-th request with a key, from 0.
  using answer = std::function<std::string(std::size_t index, const std::string& request)>;

  explicit keyed_agent(answer answer_to_key, const std::string& key = agent_texts::key)
      : answer_(std::move(answer_to_key)),
        challenge_(agent_texts::challenge(keys_.write("a.key", key))) {}
  keyed_agent()
      : keyed_agent([](std::size_t, const std::string&) { return agent_texts::token_response(); }) {
  }
  ~keyed_agent() { release(); }
  keyed_agent(const keyed_agent&) = delete;
  keyed_agent& operator=(const keyed_agent&) = delete;

  /// Requests with a key are not answered until `release`.
  void hold() {
    const std::lock_guard<std::mutex> guard(mutex_);
    is_holding_ = true;
  }
  void release() {
    const std::lock_guard<std::mutex> guard(mutex_);
    is_holding_ = false;
    changed_.notify_all();
  }

  /// The number of requests so far, and of those with a key.
  std::size_t requests() const {
    const std::lock_guard<std::mutex> guard(mutex_);
    return requests_;
  }
  std::size_t keyed_requests() const {
    const std::lock_guard<std::mutex> guard(mutex_);
    return keyed_requests_;
  }
  /// Waits at most 10 s for `count` requests with a key; false if there were fewer.
  bool wait_for_keyed_requests(std::size_t count) const {
    std::unique_lock<std::mutex> guard(mutex_);
    return changed_.wait_for(guard, std::chrono::seconds(10),
                             [&] { return keyed_requests_ >= count; });
  }

  std::size_t connections() const { return agent_.connections(); }
  std::uint16_t port() const { return agent_.port(); }
  std::string url() const { return agent_.url(); }
  const std::string& key_directory() const { return keys_.path(); }
  std::string key_path() const { return keys_.path("a.key"); }

 private:
  void serve(raw_connection& connection) {
    for (;;) {
      const std::string request = connection.read_request();
      if (request.empty()) return;
      connection.send(respond(request));
    }
  }

  std::string respond(const std::string& request) {
    const bool has_key = agent_texts::contains(request, "\r\nAuthorization: Basic ");
    std::unique_lock<std::mutex> guard(mutex_);
    ++requests_;
    if (!has_key) return challenge_;
    const std::size_t index = keyed_requests_++;
    changed_.notify_all();
    changed_.wait(guard, [this] { return !is_holding_; });
    guard.unlock();
    return answer_(index, request);
  }

  const answer answer_;
  const temporary_directory keys_;
  const std::string challenge_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool is_holding_ = false;
  std::size_t requests_ = 0;
  std::size_t keyed_requests_ = 0;
  raw_agent agent_{[this](raw_connection& connection, std::size_t) { serve(connection); }};
};
