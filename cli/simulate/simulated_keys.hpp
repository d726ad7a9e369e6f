// SPDX-License-Identifier: MIT
//
// The simulated agent's one-time keys: random texts in files that only this user and one group
// ("himds", where there is one) can read. All that the agent asks of the file system is here. It
// knows nothing of HTTP.

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

/// Thread-safe, but for open().
class simulated_keys {
 public:
  simulated_keys(std::chrono::milliseconds lifetime, std::size_t most);

  /// Removes the keys that are out, and the directory where open() made it.
  ~simulated_keys();

  simulated_keys(const simulated_keys&) = delete;
  simulated_keys& operator=(const simulated_keys&) = delete;

  /// Takes the directory, made where it is missing; "" makes a temporary one, and removes
  /// those of killed processes. A client knows it by
  /// the name `realm_directory`; "": by its own. Gives what went wrong, or "". A second call
  /// changes nothing.
  std::string open(const std::string& directory, const std::string& realm_directory = "");

  /// Absolute, without a slash at the end; "" before open().
  const std::string& directory() const { return directory_; }

  /// Makes a key. Gives the path by which a client finds its file, which is complete by then, or ""
  /// where no file could be written.
  std::string issue();

  /// Whether the text is a key that is out. It no longer is afterwards, and its file is gone.
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
  std::string realm_prefix_;  // with its separator
  bool made_directory_ = false;
  held_directory temporary_;
  std::mutex mutex_;
  std::deque<key> keys_;  // the oldest first
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SIMULATED_KEYS_HPP
