// SPDX-License-Identifier: MIT
//
// An error that ends a command of the vault.

#ifndef ARC_IDENTITY_CLI_VAULT_FAILURE_HPP
#define ARC_IDENTITY_CLI_VAULT_FAILURE_HPP

#include <stdexcept>
#include <string>

#include "exit_code.hpp"

namespace arc_identity_cli {

/// Thrown with a message for the user and the program's exit code.
class failure : public std::runtime_error {
 public:
  explicit failure(const std::string& message, int exit_code = exit_failed)
      : std::runtime_error(message), exit_code_(exit_code) {}

  int exit_code() const noexcept { return exit_code_; }

 private:
  int exit_code_;
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_FAILURE_HPP
