// SPDX-License-Identifier: MIT
//
// Where a connection comes from: a process of this machine, whose user the kernel tells, or another
// network namespace or machine, of which there is an address alone.

#ifndef ARC_IDENTITY_CLI_SERVE_CLIENT_ORIGIN_HPP
#define ARC_IDENTITY_CLI_SERVE_CLIENT_ORIGIN_HPP

#include <cstdint>
#include <optional>
#include <string>

#include "serve/ip_address.hpp"

namespace arc_identity_cli {

struct client_origin {
  enum class place {
    here,       ///< In this network namespace.
    elsewhere,  ///< In another namespace or on another machine.
    unknown     ///< The kernel does not tell.
  };

  socket_address address;
  place where = place::unknown;
  std::optional<std::uint32_t> user;  ///< Owner of the client's socket; none where unknown.
};

/// Of a connection that was accepted. An address cannot tell: any user may connect from any address
/// of this machine, one in a bridge's network included. So it is asked for the client's socket.
client_origin origin_of(int connection);

/// For the log.
std::string text_of(const client_origin& origin);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SERVE_CLIENT_ORIGIN_HPP
