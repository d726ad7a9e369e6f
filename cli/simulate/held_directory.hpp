// SPDX-License-Identifier: MIT
//
// A directory that several processes share. Each holds it by a lock (flock(2)), so that others see
// whether any holder still runs: the kernel releases the lock of a killed process.

#ifndef ARC_IDENTITY_CLI_SIMULATE_HELD_DIRECTORY_HPP
#define ARC_IDENTITY_CLI_SIMULATE_HELD_DIRECTORY_HPP

#include <string>

namespace arc_identity_cli {

/// Removes the files NAME.key of the directory.
void remove_key_files(const std::string& directory);

class held_directory {
 public:
  held_directory() = default;
  ~held_directory();
  held_directory(const held_directory&) = delete;
  held_directory& operator=(const held_directory&) = delete;

  /// Holds the directory together with other processes. False if it does not exist, is not a
  /// directory, or is being removed.
  bool hold(const std::string& path);

  /// Whether no other process holds the directory. If true, none can until this object is
  /// destroyed.
  bool take_alone();

  bool is_held() const { return file_ >= 0; }

 private:
  int file_ = -1;
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SIMULATE_HELD_DIRECTORY_HPP
