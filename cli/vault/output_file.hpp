// SPDX-License-Identifier: MIT
//
// Files for secrets: for their owner alone, and whole or not there.

#ifndef ARC_IDENTITY_CLI_VAULT_OUTPUT_FILE_HPP
#define ARC_IDENTITY_CLI_VAULT_OUTPUT_FILE_HPP

#include <string>
#include <string_view>

namespace arc_identity_cli {

/// Puts a file with `content` in the place of `path`, in one step: who opens it sees the former
/// file or the whole new one. It belongs to this user and has mode 0600, whatever was there before.
/// A link is replaced and not followed; a directory, a device or a pipe, or a link to one, is left
/// alone. Gives what went wrong, empty where nothing did; then `path` is as it was.
std::string write_private_file(const std::string& path, std::string_view content);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_OUTPUT_FILE_HPP
