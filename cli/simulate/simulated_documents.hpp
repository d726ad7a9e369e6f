// SPDX-License-Identifier: MIT
//
// The JSON documents that the simulated agent answers with. Text in, text out: it decides nothing,
// and knows neither HTTP nor keys.

#ifndef ARC_IDENTITY_CLI_SIMULATED_DOCUMENTS_HPP
#define ARC_IDENTITY_CLI_SIMULATED_DOCUMENTS_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace arc_identity_cli {

struct simulated_identity;

/// What a token says.
struct simulated_token {
  std::string_view resource;
  const simulated_identity& identity;
  std::int64_t issued;    ///< Seconds since 1970, as in all that follows.
  std::int64_t lifetime;  ///< Seconds.
  std::size_t size;       ///< About how many bytes the token is to have.
  std::string_view id;    ///< Of this token alone.
};

/// {"error":...,"error_description":...,"error_codes":[status]}
std::string error_document(std::string_view error, std::string_view description, int status);

/// The body of a 200. numeric: times as numbers. echo: tell whose token it is.
std::string token_document(const simulated_token& token, bool numeric, bool echo);

/// The instance metadata. Its strings need no escapes.
std::string instance_document();

/// The identity of the machine that the metadata describes: the same at every start.
simulated_identity machine_identity();

/// The start of resource IDs in the machine's resource group, ".../resourceGroups/NAME".
std::string_view resource_group_id();

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SIMULATED_DOCUMENTS_HPP
