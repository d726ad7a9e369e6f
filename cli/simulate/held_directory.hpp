// SPDX-License-Identifier: MIT
//
// A directory that belongs to the processes that hold it, and tells later ones whether any of them
// lives: it is locked (flock(2)), and the kernel drops a killed process's lock.

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

  /// Holds the directory beside others. False: it is not there, or not a directory, or somebody is
  /// removing it.
  bool hold(const std::string& path);

  /// Whether nobody else holds the directory. If so, nobody else can until this object ends.
  bool take_alone();

  bool is_held() const { return file_ >= 0; }

 private:
  int file_ = -1;
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SIMULATE_HELD_DIRECTORY_HPP
