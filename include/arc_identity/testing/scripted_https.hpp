// SPDX-License-Identifier: MIT
/// An Https policy for tests, which plays a script of the vault's responses and records the
/// requests. Copies share the script and the record.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/key_vault/https.hpp>

ARC_IDENTITY_BEGIN
namespace testing {

/// A stand-in for a key vault. A `get` beyond the script returns `https_status::unreachable`. One
/// thread at a time.
class scripted_https {
 public:
  /// A request that `get` was called with.
  struct request {
    std::string url;                    ///< The whole URL.
    std::string authorization;          ///< Empty if none was sent.
    std::chrono::milliseconds timeout;  ///< What the call was given.
    std::size_t max_body_bytes;         ///< What the call was given.
  };

  scripted_https() : state_(std::make_shared<state>()) {}

  /// Adds the result of one more `get` to the script.
  void on_get(https_response response) { state_->responses.push_back(std::move(response)); }

  /// Adds a complete response.
  void on_get(int status_code, const std::string& body = {}) {
    on_get(response(status_code, body));
  }

  /// Adds the challenge of a vault that asks for a token for `resource`.
  void on_get_challenge(const std::string& resource = "https://vault.azure.net") {
    https_response challenge = response(401, {});
    challenge.www_authenticate =
        R"(Bearer authorization="https://login.microsoftonline.com/tenant", resource=")" +
        resource + '"';
    on_get(std::move(challenge));
  }

  /// A complete response without the fields.
  static https_response response(int status_code, const std::string& body) {
    https_response response;
    response.status = https_status::ok;
    response.status_code = status_code;
    response.body = secret_text(body);
    return response;
  }

  /// The requests, in order.
  const std::vector<request>& requests() const { return state_->requests; }
  /// Whether the whole script was played.
  bool is_over() const { return state_->responses.empty(); }

  /// See key_vault/https.hpp.
  https_response get(const https_request& asked) {
    state_->requests.push_back(
        {asked.url, std::string(asked.authorization), asked.timeout, asked.max_body_bytes});
    if (state_->responses.empty()) return {};
    https_response next = std::move(state_->responses.front());
    state_->responses.pop_front();
    return next;
  }

 private:
  struct state {
    std::deque<https_response> responses;
    std::vector<request> requests;
  };
  std::shared_ptr<state> state_;
};

}  // namespace testing
ARC_IDENTITY_END
