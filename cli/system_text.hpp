// SPDX-License-Identifier: MIT

#ifndef ARC_IDENTITY_CLI_SYSTEM_TEXT_HPP
#define ARC_IDENTITY_CLI_SYSTEM_TEXT_HPP

#include <string>

namespace arc_identity_cli {

/// The system's words for an error: one of errno, or on Windows one of GetLastError(), an HRESULT
/// included.
std::string system_text(int error);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SYSTEM_TEXT_HPP
