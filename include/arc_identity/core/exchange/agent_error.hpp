// SPDX-License-Identifier: MIT
/// What the agent says in the body of an error response, in any of the forms that it, gateways and
/// emulators use.
#pragma once

#include <string_view>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/json.hpp>
#include <arc_identity/core/token_response.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// A code such as `invalid_request`, and its description. Untrusted.
struct agent_error {
  std::string_view code{};
  std::string_view description{};
};

/// A token, or part of one, as in a response that was cut off.
ARC_IDENTITY_NOINLINE inline bool may_hold_token(std::string_view text) noexcept {
  for (; !text.empty(); text = after(text, 1)) {
    if (starts_with(text, "access_token") || starts_with(text, "eyJ")) return true;
  }
  return false;
}

/// Reads `{"error":CODE,"error_description":...}`, `{"error":{"code":...,"message":...}}` and
/// `{"message":...,"correlationId":...}`, names without regard to case; of any other body the text
/// as it is. What may hold a token is left out.
inline agent_error read_agent_error(mutable_buffer body) noexcept {
  enum { error, description, message, correlation_id, member_count };
  json::value values[member_count] = {};
  const std::string_view text(body.data(), body.size());
  agent_error found;
  if (json::extract(text, "error\0error_description\0message\0correlationid\0", values,
                    json::name_case::ignored)) {
    json::value inner[2] = {};  // code, message
    json::extract(values[error].text, "code\0message\0", inner, json::name_case::ignored);
    found.code = take_string(body, values[error]);
    if (found.code.empty()) found.code = take_string(body, inner[0]);
    for (const json::value* value : {&values[description], &inner[1], &values[message]}) {
      if (found.description.empty()) found.description = take_string(body, *value);
    }
    if (found.code.empty()) {
      found.code = found.description;
      found.description = take_string(body, values[correlation_id]);
    }
  }
  if (found.code.empty()) found.code = text;
  if (may_hold_token(found.code)) found.code = {};
  if (may_hold_token(found.description)) found.description = {};
  return found;
}

}  // namespace detail
ARC_IDENTITY_END
