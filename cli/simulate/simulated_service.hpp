// SPDX-License-Identifier: MIT
//
// The simulated agent's decisions: it answers a request after the same checks as the real agent, in
// the same order. It creates and checks keys; the sockets are in simulated_agent.

#ifndef ARC_IDENTITY_CLI_SIMULATED_SERVICE_HPP
#define ARC_IDENTITY_CLI_SIMULATED_SERVICE_HPP

#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "simulate/simulated_agent.hpp"
#include "simulate/simulated_keys.hpp"

namespace arc_identity_cli {

inline constexpr const char* simulated_token_path = "/metadata/identity/oauth2/token";

/// The relevant parts of a request.
struct simulated_request {
  std::string method;
  std::string path;  ///< percent-decoded, as the query is
  std::multimap<std::string, std::string> query;
  std::string metadata;       ///< the header's value; "" if it is missing
  std::string authorization;  ///< the header's value; "" if it is missing
  bool forwarded = false;     ///< whether X-Forwarded-For is present
};

struct simulated_answer {
  enum class outcome { challenge, token, document, refused };

  outcome kind = outcome::refused;
  int status = 500;
  std::string body;
  std::string note;  ///< for the log: never a key or a token
  std::vector<std::pair<std::string, std::string>> headers = {};
  const char* content_type = "application/json; charset=utf-8";
};

/// Allows this many calls in any one second; 0: any number.
class rate_limiter {
 public:
  explicit rate_limiter(std::size_t most) : most_(most) {}
  bool admit();

 private:
  const std::size_t most_;
  std::mutex mutex_;
  std::deque<std::chrono::steady_clock::time_point> admitted_;
};

/// Thread-safe after keys().open() has succeeded.
class simulated_service {
 public:
  explicit simulated_service(const simulated_agent_options& options);

  simulated_answer answer(const simulated_request& request);

  simulated_keys& keys() { return keys_; }
  const simulated_keys& keys() const { return keys_; }
  const simulated_identity& system_assigned() const { return system_assigned_; }
  const std::vector<simulated_identity>& identities() const { return options_.identities; }
  simulated_agent_counters counters() const;

 private:
  /// An empty result if the request passes the check.
  using refusal = std::optional<simulated_answer>;

  simulated_answer decide(const simulated_request& request);
  simulated_answer decide_metadata(const simulated_request& request);
  simulated_answer decide_token(const simulated_request& request);
  refusal check_trouble();
  refusal check_key(const simulated_request& request);
  refusal choose_identity(const simulated_request& request, const simulated_identity*& chosen);
  simulated_answer challenge(std::string_view description);
  simulated_answer token_for(const std::string& resource, const simulated_identity* selected);

  simulated_agent_options options_;
  simulated_identity system_assigned_;
  simulated_keys keys_;
  rate_limiter limiter_;
  std::atomic<std::size_t> failures_left_;
  std::atomic<std::size_t> challenges_{0};
  std::atomic<std::size_t> wrong_keys_{0};
  std::atomic<std::size_t> tokens_{0};
  std::atomic<std::size_t> documents_{0};
  std::atomic<std::size_t> refused_{0};
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SIMULATED_SERVICE_HPP
