// SPDX-License-Identifier: MIT
/// Limits on what the agent may send, fixed when a program is compiled.
#pragma once

#include <cstddef>

#include <arc_identity/core/detail/config.hpp>

ARC_IDENTITY_BEGIN

/// The limits that apply unless a program sets others. Derive from it, redeclare those to change,
/// and pass the type to `basic_handshake`; for a `basic_client` derive from `default_traits`, which
/// includes them.
struct default_limits {
  /// Status lines, fields, trailers and chunk extensions of one exchange's response, in bytes.
  static constexpr std::size_t max_header_bytes = std::size_t{16} * 1024;
  /// Fields and trailers of one exchange's response.
  static constexpr std::size_t max_header_fields = 100;
  /// The decoded body, in bytes. The buffer is a limit as well.
  static constexpr std::size_t max_body_bytes = std::size_t{64} * 1024;
  /// Interim (1xx) responses before the final one.
  static constexpr std::size_t max_interim_responses = 8;
};

namespace http {

/// The limits of a response as values, so that the parser is compiled once for all of them.
struct response_limits {
  std::size_t header_bytes;       ///< See `default_limits::max_header_bytes`.
  std::size_t header_fields;      ///< See `default_limits::max_header_fields`.
  std::size_t body_bytes;         ///< See `default_limits::max_body_bytes`.
  std::size_t interim_responses;  ///< See `default_limits::max_interim_responses`.
};

/// The values of a type like `default_limits`.
template <class Limits>
inline constexpr response_limits limits_of = {Limits::max_header_bytes, Limits::max_header_fields,
                                              Limits::max_body_bytes,
                                              Limits::max_interim_responses};

}  // namespace http
ARC_IDENTITY_END
