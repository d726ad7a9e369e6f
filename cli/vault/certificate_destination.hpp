// SPDX-License-Identifier: MIT
//
// Where `certificate` puts a certificate and its private key, which differs between systems.

#ifndef ARC_IDENTITY_CLI_VAULT_CERTIFICATE_DESTINATION_HPP
#define ARC_IDENTITY_CLI_VAULT_CERTIFICATE_DESTINATION_HPP

#include <memory>

#include <arc_identity/key_vault/secret.hpp>

#include "vault/vault_options.hpp"

namespace arc_identity_cli {

class certificate_destination {
 public:
  /// Throws a failure if the certificate cannot be put there, so that the vault is not contacted in
  /// vain. The options must outlive the object.
  explicit certificate_destination(const vault_command_options& options);
  ~certificate_destination();
  certificate_destination(const certificate_destination&) = delete;
  certificate_destination& operator=(const certificate_destination&) = delete;

  /// Converts the certificate if necessary, and puts it there. Throws a failure.
  void deliver(arc_identity::key_vault_certificate certificate);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_CERTIFICATE_DESTINATION_HPP
