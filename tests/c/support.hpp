// SPDX-License-Identifier: MIT
/// Shared by the tests of the C interface: a credential for an agent.
#pragma once

#include <doctest/doctest.h>

#include <arc_identity.h>

#include <string>

#include "support/agent_texts.hpp"
#include "support/keyed_agent.hpp"

constexpr const char* vault = "https://vault.azure.net";

/// Options for an agent, with their strings.
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

/// A credential with the object's lifetime.
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

/// A token with its memory, and the error of its call.
struct outcome {
  char text[4096] = {};
  arc_identity_token token = {text, sizeof text, 0, 0};
  arc_identity_error error = {};
};
