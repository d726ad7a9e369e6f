// SPDX-License-Identifier: MIT

#ifndef ARC_IDENTITY_CLI_VAULT_POSIX_TIME_LIMIT_HPP
#define ARC_IDENTITY_CLI_VAULT_POSIX_TIME_LIMIT_HPP

#include <chrono>

namespace arc_identity_cli {

/// A limit for a computation that cannot be interrupted: a PFX sets its own number of hash
/// iterations, up to 2,147,483,647. If the time passes while this object exists, the program ends
/// with an error.
class time_limit {
 public:
  explicit time_limit(std::chrono::milliseconds time);
  ~time_limit();
  time_limit(const time_limit&) = delete;
  time_limit& operator=(const time_limit&) = delete;
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_POSIX_TIME_LIMIT_HPP
