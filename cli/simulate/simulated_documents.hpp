// SPDX-License-Identifier: MIT
//
// The JSON documents that the simulated agent answers with. They are made of the arguments alone,
// without HTTP or keys.

#ifndef ARC_IDENTITY_CLI_SIMULATED_DOCUMENTS_HPP
#define ARC_IDENTITY_CLI_SIMULATED_DOCUMENTS_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace arc_identity_cli {

struct simulated_identity;

/// The contents of a token.
struct simulated_token {
  std::string_view resource;
  const simulated_identity& identity;
  std::int64_t issued;    ///< seconds since 1970, as all times below
  std::int64_t lifetime;  ///< Seconds.
  std::size_t size;       ///< approximate size of the token in bytes
  std::string_view id;    ///< unique to this token
};

/// {"error":...,"error_description":...,"error_codes":[status]}
std::string error_document(std::string_view error, std::string_view description, int status);

/// The body of a 200. numeric: times as numbers. echo: include the token's identity.
std::string token_document(const simulated_token& token, bool numeric, bool echo);

/// The instance metadata. Its strings must need no escapes.
std::string instance_document();

/// The id of the machine that the metadata describes: the same at every start.
simulated_identity machine_identity();

/// The start of resource IDs in the machine's resource group, ".../resourceGroups/NAME".
std::string_view resource_group_id();

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SIMULATED_DOCUMENTS_HPP
