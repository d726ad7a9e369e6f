// SPDX-License-Identifier: MIT
/// What the tests of the C interface have in common: an agent that counts, and a credential for it.
#pragma once

#include <doctest/doctest.h>

#include <arc_identity.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <thread>

#include "support/agent_texts.hpp"
#include "support/raw_agent.hpp"
#include "support/temporary_directory.hpp"

constexpr const char* vault = "https://vault.azure.net";

/// Challenges each request without a key, and answers one with a key as told.
class keyed_agent {
 public:
  /// What the `index`-th request with a key gets, from 0.
  using answer = std::function<std::string(std::size_t index, const std::string& request)>;

  explicit keyed_agent(answer answer_to_key) : answer_(std::move(answer_to_key)) {}
  keyed_agent()
      : keyed_agent([](std::size_t, const std::string&) { return agent_texts::token_response(); }) {
  }

  std::string url() const { return agent_.url(); }
  const std::string& key_directory() const { return keys_.path(); }
  /// How many requests with a key there were.
  std::size_t answers() const { return answers_; }

 private:
  void serve(raw_connection& connection) {
    for (;;) {
      const std::string request = connection.read_request();
      if (request.empty()) return;
      const bool has_key = agent_texts::contains(request, "Authorization");
      connection.send(has_key ? answer_(answers_++, request) : agent_texts::challenge(key_path_));
    }
  }

  const answer answer_;
  std::atomic<std::size_t> answers_{0};
  const temporary_directory keys_;
  const std::string key_path_ = keys_.write("a.key", agent_texts::key);
  raw_agent agent_{[this](raw_connection& connection, std::size_t) { serve(connection); }};
};

/// Options for an agent; the texts live here.
struct agent_options {
  template <class Agent>
  explicit agent_options(const Agent& agent)
      : endpoint(agent.url()), key_directory(agent.key_directory()) {
    options.endpoint = endpoint.c_str();
    options.key_directory = key_directory.c_str();
    options.max_attempts = 1;
  }
  agent_options(const agent_options&) = delete;
  agent_options& operator=(const agent_options&) = delete;

  const std::string endpoint;
  const std::string key_directory;
  arc_identity_options options = ARC_IDENTITY_OPTIONS_INIT;
};

/// A credential as long as the object.
class credential {
 public:
  explicit credential(const arc_identity_options& options) {
    REQUIRE(arc_identity_credential_create(&handle_, &options, nullptr) == ARC_IDENTITY_OK);
  }
  ~credential() { arc_identity_credential_destroy(handle_); }
  credential(const credential&) = delete;
  credential& operator=(const credential&) = delete;

  arc_identity_credential* get() const { return handle_; }

 private:
  arc_identity_credential* handle_ = nullptr;
};

/// A token with memory of its own, and what was said of it.
struct outcome {
  char text[4096] = {};
  arc_identity_token token = {text, sizeof text, 0, 0};
  arc_identity_error error = {};
};
