// SPDX-License-Identifier: MIT

#ifndef ARC_IDENTITY_CLI_SYSTEM_TEXT_HPP
#define ARC_IDENTITY_CLI_SYSTEM_TEXT_HPP

#include <string>

namespace arc_identity_cli {

/// The system's message for an error: of errno, or on Windows of GetLastError() or an HRESULT.
std::string system_text(int error);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SYSTEM_TEXT_HPP
