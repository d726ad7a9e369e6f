// SPDX-License-Identifier: MIT
//
// The simulated agent's one-time keys: random texts in files that only this user and one group
// ("himds", if it exists) can read. All of the agent's file operations are here, and nothing of
// HTTP.

#ifndef ARC_IDENTITY_CLI_SIMULATED_KEYS_HPP
#define ARC_IDENTITY_CLI_SIMULATED_KEYS_HPP

#include <chrono>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>

#include "simulate/held_directory.hpp"

namespace arc_identity_cli {

/// A new random (version 4) GUID, in lower case.
std::string random_guid();

/// Thread-safe, except open().
class simulated_keys {
 public:
  simulated_keys(std::chrono::milliseconds lifetime, std::size_t most);

  /// Removes unused keys, and the directory if open() created it.
  ~simulated_keys();

  simulated_keys(const simulated_keys&) = delete;
  simulated_keys& operator=(const simulated_keys&) = delete;

  /// Uses the directory, creating it if it is missing; "" creates a temporary one, and removes
  /// those of killed processes. Challenges name it as `realm_directory`, or by its own path if that
  /// is "". Returns an error, or "". A second call changes nothing.
  std::string open(const std::string& directory, const std::string& realm_directory = "");

  /// Absolute, without a slash at the end; "" before open().
  const std::string& directory() const { return directory_; }

  /// Creates a key. Returns the path by which a client finds its file, which is complete by then,
  /// or "" if no file could be written.
  std::string issue();

  /// Whether the text is a valid key. It is no longer valid afterwards, and its file is removed.
  bool redeem(std::string_view text);

  void remove_expired();
  void remove_all();

 private:
  struct key {
    std::string path;
    std::string text;
    std::chrono::steady_clock::time_point made;
  };

  std::string open_directory(const std::string& directory);
  void remove_oldest();

  const std::chrono::milliseconds lifetime_;
  const std::size_t most_;
  std::string directory_;
  std::string realm_prefix_;  // with the separator
  bool made_directory_ = false;
  held_directory temporary_;
  std::mutex mutex_;
  std::deque<key> keys_;  // oldest first
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SIMULATED_KEYS_HPP
