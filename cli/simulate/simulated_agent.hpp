// SPDX-License-Identifier: MIT
//
// A stand-in for the Azure Arc agent's identity service (HIMDS), for demonstrations and tests: it
// challenges a client, writes the key file, takes the key back once, and answers with a token that
// is good for nothing, on 127.0.0.1 and ::1 and in threads of its own.
//
// It is an honest agent: it does what the real one is known to do. It does not play an attacker or
// a broken server, it never contacts Azure, and its tokens carry no signature.
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

/// A managed identity: the three names by which a client may ask for it.
struct simulated_identity {
  std::string client_id;
  std::string object_id;
  std::string resource_id;
};

struct simulated_agent_options {
  /// The port to listen on; 0 takes any free one.
  std::uint16_t port = 0;
  /// Where the key files go. It is made, 0700, where it is missing, and then removed at the end.
  /// Empty: a private temporary directory.
  std::string key_directory;
  /// What the challenge calls that directory, for a client that finds it elsewhere: in a container,
  /// or under Wine. Empty: its own name.
  std::string realm_directory;
  /// The machine's own (system-assigned) identity. Parts left empty are the same at every start.
  simulated_identity machine;
  /// The user-assigned identities. Parts left empty are generated; identities() has them.
  std::vector<simulated_identity> identities;
  /// Answer as an agent from before user-assigned identities: selectors are ignored, and the body
  /// does not tell whose token it is.
  bool legacy = false;
  /// false: answer 200 at once, as some emulators do.
  bool challenge = true;
  /// expires_in, expires_on and not_before as JSON numbers; else as strings.
  bool numeric_expiry = false;
  std::chrono::seconds token_lifetime{86400};
  /// About how many bytes a token has. It is never cut: the least is around 700.
  std::size_t token_size = 1500;
  /// How many token requests to answer with fail_status before the agent is well. The Retry-After
  /// header goes with them where retry_after is set.
  std::size_t fail_first = 0;
  int fail_status = 503;
  std::optional<std::chrono::seconds> retry_after;
  /// Token requests let through in any one second; more get 429 and "Retry-After: 1". 0: no limit.
  std::size_t rate_limit = 0;
  /// How long to wait before each answer.
  std::chrono::milliseconds latency{0};
  /// A key that was not sent back in this time is removed.
  std::chrono::milliseconds key_lifetime{300000};
  /// More keys than this are not kept: the oldest goes.
  std::size_t max_keys = 1000;
  /// Gets a line (no line end) for each request: what came and what was answered, never a key or a
  /// token. It is called from several threads at once.
  std::function<void(std::string_view line)> log;
  /// The same as a JSON object: time, method, target, user_agent, authorization (whether that
  /// header came), status and note.
  std::function<void(std::string_view line)> json_log;
};

/// What has been answered so far. requests is the sum of challenges, tokens, documents and refused.
struct simulated_agent_counters {
  std::size_t requests = 0;
  std::size_t challenges = 0;  ///< 401: a key was made. Those for a wrong key are among them.
  std::size_t wrong_keys = 0;  ///< Unknown, used or expired keys that were sent.
  std::size_t tokens = 0;      ///< 200 with a token.
  std::size_t documents = 0;   ///< 200 with instance metadata.
  std::size_t refused = 0;     ///< All other answers.
};

class simulated_agent {
 public:
  explicit simulated_agent(const simulated_agent_options& options = {});

  /// Stops, and removes what was made: key files, and the directory where the agent made it.
  ~simulated_agent();

  simulated_agent(const simulated_agent&) = delete;
  simulated_agent& operator=(const simulated_agent&) = delete;

  /// Listens; a client may connect as soon as this returns. Gives what went wrong, or "". After
  /// stop() it may be called again, and takes the same port.
  [[nodiscard]] std::string start();

  /// Closes all connections and removes the keys that are out. Safe to call twice.
  void stop();

  /// These hold from the first start().
  int port() const;
  std::string endpoint() const;       ///< For IDENTITY_ENDPOINT.
  std::string imds_endpoint() const;  ///< For IMDS_ENDPOINT.
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
