// SPDX-License-Identifier: MIT
/// What discovery finds at a path. "Cannot tell" differs from "not there".
#pragma once

#include <string_view>

#include <arc_identity/core/detail/config.hpp>

ARC_IDENTITY_BEGIN
namespace system {

/// Whether a file is there, with its content if it was read. If neither `is_there` nor
/// `system_error` is set, there is no such file.
struct sighting {
  bool is_there = false;    ///< Whether there is such a file.
  int system_error = 0;     ///< Why it cannot be accessed (errno, GetLastError), or 0.
  std::string_view text{};  ///< The content, if the file was read.
};

}  // namespace system
ARC_IDENTITY_END
