// SPDX-License-Identifier: MIT
//
// Outputs that are already open when the program starts, such as /dev/fd/N or "-". Windows has
// none.

#ifndef ARC_IDENTITY_CLI_VAULT_OPEN_OUTPUT_HPP
#define ARC_IDENTITY_CLI_VAULT_OPEN_OUTPUT_HPP

#include <string>
#include <string_view>

namespace arc_identity_cli {

#if defined(_WIN32)
inline bool is_open_output(const std::string&) { return false; }
inline void write_to_open_output(const std::string&, std::string_view) {}
#else
/// Whether `place` is one. Throws a failure if it cannot be written to.
bool is_open_output(const std::string& place);

/// Throws a failure if not everything can be written.
void write_to_open_output(const std::string& place, std::string_view bytes);
#endif

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_OPEN_OUTPUT_HPP
