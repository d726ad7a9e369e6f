// SPDX-License-Identifier: MIT

#include "simulate/held_directory.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

namespace arc_identity_cli {

namespace fs = std::filesystem;

void remove_key_files(const std::string& directory) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, ignored)) {
    if (entry.path().extension() == ".key") fs::remove(entry.path(), ignored);
  }
}

held_directory::~held_directory() {
  if (is_held()) ::close(file_);
}

bool held_directory::hold(const std::string& path) {
  if (is_held()) ::close(file_);
  file_ = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (!is_held()) return false;
  struct stat status {};
  const bool held = ::flock(file_, LOCK_SH | LOCK_NB) == 0 && ::fstat(file_, &status) == 0 &&
                    status.st_nlink > 0;  // 0: removed before it was locked
  if (held) return true;
  ::close(file_);
  file_ = -1;
  return false;
}

bool held_directory::take_alone() { return ::flock(file_, LOCK_EX | LOCK_NB) == 0; }

}  // namespace arc_identity_cli
