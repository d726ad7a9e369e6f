// SPDX-License-Identifier: MIT
//
// Which clients get which tokens from `serve`. Everything that no rule allows is refused.

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
  /// The value in `client_ids` for the machine's own identity.
  static constexpr const char* machine = "system-assigned";

  /// Whether requests must contain a secret header.
  bool has_secret = true;
  /// Users whose processes on this machine are served. Empty: all that know the secret.
  std::vector<std::uint32_t> users;
  /// Networks of the other clients that are served. Empty: no other clients are served.
  std::vector<ip_network> networks;
  /// Resources that tokens are served for. Empty: any.
  std::vector<std::string> resources;
  /// Client ids of the identities whose tokens are served. Empty: every identity of the machine.
  std::vector<std::string> client_ids;

  /// Why a client is refused, or "".
  std::string refuse_client(const client_origin& client) const;
  /// Why this token is refused to all clients, or "".
  std::string refuse_token(const arc_identity::token_request& request) const;
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SERVE_ACCESS_RULES_HPP
