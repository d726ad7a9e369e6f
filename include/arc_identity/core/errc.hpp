// SPDX-License-Identifier: MIT
/// The kinds of failure.
#pragma once

#include <cstdint>

#include <arc_identity/core/detail/config.hpp>

ARC_IDENTITY_BEGIN

/// The kinds of failure. `error::message()` describes the actual case; docs/troubleshooting.md has
/// a section for each, by name.
enum class errc : std::uint8_t {
  invalid_argument = 1,    ///< A resource, an identity or an option cannot be used as given.
  not_arc_server,          ///< There is no sign of an Azure Arc agent on this machine.
  invalid_endpoint,        ///< Not plain http on loopback, or only one of two variables is set.
  workspace_too_small,     ///< The caller's buffer cannot hold the request and the key.
  connection_refused,      ///< Nothing is listening at the endpoint.
  connection_failed,       ///< The connection could not be made for another reason.
  agent_not_verified,      ///< `options::agent_check`: the peer does not own the key file.
  connection_lost,         ///< The peer closed or reset it before the response was complete.
  timed_out,               ///< A time limit of the options ran out.
  malformed_response,      ///< Not valid HTTP/1.x (RFC 9112), or ambiguous.
  response_too_large,      ///< The response exceeds a limit of the traits, or the buffer.
  invalid_challenge,       ///< 401 without a `WWW-Authenticate` field.
  key_path_rejected,       ///< The challenge names no key file in the key directory.
  key_file_not_found,      ///< The key file that the agent named does not exist.
  key_file_denied,         ///< This user has no permission to read it.
  key_file_invalid,        ///< Not a regular file of 1 to 4096 bytes valid in a header.
  key_file_failed,         ///< The key file could not be read for another reason.
  key_rejected,            ///< The agent rejected fresh keys.
  request_refused,         ///< The agent refused the request: 400, 403 and the like.
  identity_not_found,      ///< The requested identity is not assigned to this machine.
  agent_unavailable,       ///< 408, 410, 429 or 5xx until attempts or time ran out.
  unexpected_status,       ///< A status that has no meaning here, such as a redirect.
  invalid_token_response,  ///< 200, but without a usable token.
  identity_not_confirmed,  ///< The agent did not confirm that the token is this identity's.
  invalid_json,            ///< Not valid JSON (RFC 8259).
  out_of_memory,           ///< A credential has no memory for the exchange or the token.

  // Used only by key_vault.hpp.
  vault_unreachable,         ///< No connection to the vault: its name, a proxy, the network.
  vault_not_verified,        ///< Its TLS certificate does not prove that it is the vault.
  vault_challenge_rejected,  ///< It asks for a token for another domain.
  vault_access_denied,       ///< 401 to a fresh token, or 403: the identity may not do this.
  vault_item_not_found,      ///< 404: no such secret, or no such version of it.
  vault_refused,             ///< Another error status.
  vault_unavailable,         ///< 408, 429 or 5xx until attempts or time ran out.
  invalid_vault_response,    ///< 200, but not what was requested.

  // Added later.
  discovery_failed,  ///< Unknown whether this is an Arc machine: a file cannot be accessed.
};

ARC_IDENTITY_END
