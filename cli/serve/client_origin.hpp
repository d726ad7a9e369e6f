// SPDX-License-Identifier: MIT
//
// Where a connection comes from: a process of this machine, whose user the kernel reports, or
// another network namespace or machine, of which only the address is known.

#ifndef ARC_IDENTITY_CLI_SERVE_CLIENT_ORIGIN_HPP
#define ARC_IDENTITY_CLI_SERVE_CLIENT_ORIGIN_HPP

#include <cstdint>
#include <optional>
#include <string>

#include "serve/ip_address.hpp"

namespace arc_identity_cli {

struct client_origin {
  enum class place {
    here,       ///< in this network namespace
    elsewhere,  ///< in another namespace or on another machine
    unknown     ///< The kernel does not report it.
  };

  socket_address address;
  place where = place::unknown;
  std::optional<std::uint32_t> user;  ///< Owner of the client's socket; none if unknown.
};

/// The origin of an accepted connection. The address does not show it, because any user can connect
/// from any address of this machine, including one in a bridge's network; so the client's socket is
/// looked up.
client_origin origin_of(int connection);

/// For the log.
std::string text_of(const client_origin& origin);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SERVE_CLIENT_ORIGIN_HPP
