// SPDX-License-Identifier: MIT
//
// The manual page, generated from the same declarations as --help.

#ifndef ARC_IDENTITY_CLI_MANUAL_PAGE_HPP
#define ARC_IDENTITY_CLI_MANUAL_PAGE_HPP

#include <string>

namespace CLI {
class App;
}

namespace arc_identity_cli {

/// The page for man(1), with the macros of man(7).
std::string manual_page(const CLI::App& program);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_MANUAL_PAGE_HPP
