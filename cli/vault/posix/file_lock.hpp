// SPDX-License-Identifier: MIT

#ifndef ARC_IDENTITY_CLI_VAULT_POSIX_FILE_LOCK_HPP
#define ARC_IDENTITY_CLI_VAULT_POSIX_FILE_LOCK_HPP

#include <chrono>
#include <string>

#include "vault/posix/file_handle.hpp"

namespace arc_identity_cli {

/// Keeps runs of the program apart: a file of mode 600 that only one run can lock. The run removes
/// it when it ends, also if a signal ends it. Child processes do not inherit the lock.
class file_lock {
 public:
  /// The file is `name` in `directory`, which must stay open. Waits until `end`. Throws a failure,
  /// whose message names `place`.
  file_lock(int directory, std::string name, const std::string& place,
            std::chrono::steady_clock::time_point end);
  ~file_lock();
  file_lock(const file_lock&) = delete;
  file_lock& operator=(const file_lock&) = delete;

  /// Removes the files of all locks, when the program ends. A signal handler may call it.
  static void remove_all() noexcept;

 private:
  bool try_to_lock(const std::string& place);

  int directory_;
  std::string name_;
  file_handle file_;
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_POSIX_FILE_LOCK_HPP
