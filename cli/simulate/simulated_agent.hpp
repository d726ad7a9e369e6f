// SPDX-License-Identifier: MIT
//
// A stand-in for the Azure Arc agent's identity service (HIMDS), for demonstrations and tests: it
// challenges a client, writes the key file, accepts the key once, and answers with a token that is
// not valid anywhere. It listens on 127.0.0.1 and ::1, in its own threads.
//
// It behaves as the real agent is known to behave, not like an attacker or a broken server. It
// never contacts Azure, and its tokens are not signed.
//
// Starting one sets the process to ignore SIGPIPE (cpp-httplib does so).

#ifndef ARC_IDENTITY_CLI_SIMULATED_AGENT_HPP
#define ARC_IDENTITY_CLI_SIMULATED_AGENT_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace arc_identity_cli {

/// A managed identity, with the three ids that select it.
struct simulated_identity {
  std::string client_id;
  std::string object_id;
  std::string resource_id;
};

struct simulated_agent_options {
  /// The port to listen on; 0 takes any free one.
  std::uint16_t port = 0;
  /// The directory of the key files. If it is missing, it is created with mode 0700 and removed at
  /// the end. Empty: a private temporary directory.
  std::string key_directory;
  /// The path of that directory in challenges, for a client that sees it elsewhere: in a container,
  /// or under Wine. Empty: its own path.
  std::string realm_directory;
  /// The machine's own (system-assigned) identity. Parts left empty are the same at every start.
  simulated_identity machine;
  /// The user-assigned identities. Parts left empty are generated; identities() has them.
  std::vector<simulated_identity> identities;
  /// Answer like an agent older than user-assigned identities: selectors are ignored, and the
  /// response does not echo the identity.
  bool legacy = false;
  /// false: answer 200 at once, as some emulators do.
  bool challenge = true;
  /// expires_in, expires_on and not_before as JSON numbers; otherwise as strings.
  bool numeric_expiry = false;
  std::chrono::seconds token_lifetime{86400};
  /// Approximate size of a token in bytes. Tokens are never cut: the minimum is about 700.
  std::size_t token_size = 1500;
  /// How many token requests to answer with fail_status first, with a Retry-After header if
  /// retry_after is set.
  std::size_t fail_first = 0;
  int fail_status = 503;
  std::optional<std::chrono::seconds> retry_after;
  /// Token requests allowed in any one second; more get 429 and "Retry-After: 1". 0: no limit.
  std::size_t rate_limit = 0;
  /// Delay before each answer.
  std::chrono::milliseconds latency{0};
  /// A key that was not sent back within this time is removed.
  std::chrono::milliseconds key_lifetime{300000};
  /// At most this many keys are kept; the oldest is removed.
  std::size_t max_keys = 1000;
  /// Gets a line, without a line end, for each request and its answer; never a key or a token.
  /// Called from several threads at once.
  std::function<void(std::string_view line)> log;
  /// The same as a JSON object: time, method, target, user_agent, authorization (whether the header
  /// was present), status and note.
  std::function<void(std::string_view line)> json_log;
};

/// Counts of the answers. `requests` is the sum of `challenges`, `tokens`, `documents` and
/// `refused`.
struct simulated_agent_counters {
  std::size_t requests = 0;
  std::size_t challenges = 0;  ///< 401 with a new key, including those after a wrong key
  std::size_t wrong_keys = 0;  ///< unknown, used or expired keys received
  std::size_t tokens = 0;      ///< 200 with a token
  std::size_t documents = 0;   ///< 200 with instance metadata
  std::size_t refused = 0;     ///< all other answers
};

class simulated_agent {
 public:
  explicit simulated_agent(const simulated_agent_options& options = {});

  /// Stops, and removes what it created: key files, and the directory unless it existed before.
  ~simulated_agent();

  simulated_agent(const simulated_agent&) = delete;
  simulated_agent& operator=(const simulated_agent&) = delete;

  /// Listens; clients can connect as soon as this returns. Returns an error, or "". After stop() it
  /// can be called again, and uses the same port.
  [[nodiscard]] std::string start();

  /// Closes all connections and removes unused keys. Safe to call twice.
  void stop();

  /// Valid from the first start().
  int port() const;
  std::string endpoint() const;       ///< for IDENTITY_ENDPOINT
  std::string imds_endpoint() const;  ///< for IMDS_ENDPOINT
  const std::string& key_directory() const;

  const simulated_identity& system_assigned() const;
  const std::vector<simulated_identity>& identities() const;
  simulated_agent_counters counters() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SIMULATED_AGENT_HPP
