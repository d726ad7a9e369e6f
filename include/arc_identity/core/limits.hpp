// SPDX-License-Identifier: MIT
/// What is fixed when a program is compiled: limits on what the agent may send, and what reads it.
#pragma once

#include <cstddef>

#include <arc_identity/core/detail/config.hpp>

ARC_IDENTITY_BEGIN

namespace json {
struct extractor;
}

/// Limits. Derive from it, declare those to change anew, and hand the type to `basic_handshake`;
/// for a `basic_client` derive from `default_traits`, which has them, too.
struct default_limits {
  /// Status lines, fields, trailers and chunk extensions of one exchange's response, in bytes.
  static constexpr std::size_t max_header_bytes = std::size_t{16} * 1024;
  /// Fields and trailers of one exchange's response.
  static constexpr std::size_t max_header_fields = 100;
  /// The decoded body, in bytes. The buffer is a limit as well.
  static constexpr std::size_t max_body_bytes = std::size_t{64} * 1024;
  /// Interim (1xx) responses before the final one.
  static constexpr std::size_t max_interim_responses = 8;
  /// Arrays and objects inside each other in a body. Each eight cost a byte of stack.
  static constexpr std::size_t max_json_depth = 512;
  /// What reads JSON; see json.hpp.
  using json_extractor = json::extractor;
};

ARC_IDENTITY_END
