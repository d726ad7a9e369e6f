// SPDX-License-Identifier: MIT
//
// Who may have which tokens of `serve`. Whatever no rule allows is refused.

#ifndef ARC_IDENTITY_CLI_SERVE_ACCESS_RULES_HPP
#define ARC_IDENTITY_CLI_SERVE_ACCESS_RULES_HPP

#include <cstdint>
#include <string>
#include <vector>

#include <arc_identity/core/token_request.hpp>

#include "serve/client_origin.hpp"
#include "serve/ip_address.hpp"

namespace arc_identity_cli {

struct access_rules {
  /// What `client_ids` has for the machine's own identity.
  static constexpr const char* machine = "system-assigned";

  /// Whether a request proves by a secret header that it may be answered.
  bool has_secret = true;
  /// Of processes of this machine. Empty: all that know the secret.
  std::vector<std::uint32_t> users;
  /// Of all others. Empty: none.
  std::vector<ip_network> networks;
  /// Empty: any.
  std::vector<std::string> resources;
  /// Empty: each identity of the machine.
  std::vector<std::string> client_ids;

  /// Why a client gets nothing, or "".
  std::string refuse_client(const client_origin& client) const;
  /// Why this token is handed out to nobody, or "".
  std::string refuse_token(const arc_identity::token_request& request) const;
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SERVE_ACCESS_RULES_HPP
