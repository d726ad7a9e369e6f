// SPDX-License-Identifier: MIT
//
// Finds the word that was meant by a misspelt one.

#ifndef ARC_IDENTITY_CLI_NEAREST_HPP
#define ARC_IDENTITY_CLI_NEAREST_HPP

#include <string>
#include <vector>

namespace arc_identity_cli {

/// The word with the fewest differences (Levenshtein), case and leading dashes aside; empty where
/// even that one differs in more than half of its characters.
std::string nearest(const std::string& given, const std::vector<std::string>& words);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_NEAREST_HPP
