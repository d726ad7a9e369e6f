// SPDX-License-Identifier: MIT
//
// Finds the word that a misspelt one was meant to be.

#ifndef ARC_IDENTITY_CLI_NEAREST_HPP
#define ARC_IDENTITY_CLI_NEAREST_HPP

#include <string>
#include <vector>

namespace arc_identity_cli {

/// The word with the smallest Levenshtein distance, ignoring case and leading dashes; empty if it
/// exceeds half of the word's length.
std::string nearest(const std::string& given, const std::vector<std::string>& words);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_NEAREST_HPP
