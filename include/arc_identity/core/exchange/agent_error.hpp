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

inline std::string_view first_of(std::string_view text, std::string_view other) noexcept {
  return text.empty() ? other : text;
}

/// Reads `{"error":CODE,"error_description":...}`, `{"error":{"code":...,"message":...}}` and
/// `{"message":...,"correlationId":...}`, names without regard to case; of any other body the text
/// as it is. What may hold a token is left out.
inline void read_agent_error(std::string_view body, agent_error& found) noexcept {
  enum { error, description, message, correlation_id, member_count };
  json::value values[member_count] = {};
  json::value inner[2] = {};  // code, message
  if (json::extract(body, "error\0error_description\0message\0correlationid\0", values,
                    json::name_case::ignored)) {
    if (values[error].kind == json::kind::object) {
      json::extract(values[error].text, "code\0message\0", inner, json::name_case::ignored);
    }
    for (json::value& value : values) decode(value);
    for (json::value& value : inner) decode(value);
    found.code = first_of(values[error].text, inner[0].text);
    found.description = first_of(values[description].text, inner[1].text);
    found.description = first_of(found.description, values[message].text);
    if (found.code.empty()) {
      found.code = found.description;
      found.description = values[correlation_id].text;
    }
  }
  if (found.code.empty()) found.code = body;
  if (may_hold_token(found.code)) found.code = {};
  if (may_hold_token(found.description)) found.description = {};
}

}  // namespace detail
ARC_IDENTITY_END
