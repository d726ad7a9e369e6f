// SPDX-License-Identifier: MIT

#ifndef ARC_IDENTITY_CLI_VAULT_POSIX_TIME_LIMIT_HPP
#define ARC_IDENTITY_CLI_VAULT_POSIX_TIME_LIMIT_HPP

#include <chrono>

namespace arc_identity_cli {

/// For a computation that cannot be interrupted: a PFX says itself how many times to hash, up to
/// two thousand million. When the time is over and this object still lives, the program fails.
class time_limit {
 public:
  explicit time_limit(std::chrono::milliseconds time);
  ~time_limit();
  time_limit(const time_limit&) = delete;
  time_limit& operator=(const time_limit&) = delete;
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_POSIX_TIME_LIMIT_HPP
