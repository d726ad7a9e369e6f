// SPDX-License-Identifier: MIT
/// What the agent says in the body of an error response, in any of the forms that it, gateways and
/// emulators use.
#pragma once

#include <string_view>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/error.hpp>
#include <arc_identity/core/json.hpp>
#include <arc_identity/core/token_response.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// A token, or part of one, as in a truncated response.
ARC_IDENTITY_COLD inline bool may_hold_token(std::string_view text) noexcept {
  for (; !text.empty(); text = after(text, 1)) {
    if (starts_with(text, "access_token") || starts_with(text, "eyJ")) return true;
  }
  return false;
}

inline std::string_view first_of(std::string_view text, std::string_view other) noexcept {
  return text.empty() ? other : text;
}

/// Reads `{"error":CODE,"error_description":...}`, `{"error":{"code":...,"message":...}}` and
/// `{"message":...,"correlationId":...}`, names without regard to case. Any other `body` is taken
/// whole, escapes decoded, unless it belongs to a success: then it may be a token under another
/// name. Text that may hold a token is left out. Decodes strings in place.
inline void read_agent_error(std::string_view body, bool is_success, peer_error& found) noexcept {
  enum { error, description, message, correlation_id, code, inner_message, member_count };
  json::value values[member_count] = {};
  const bool is_object = json::extract(body, "error\0error_description\0message\0correlationid\0",
                                       values, json::name_case::ignored);
  if (is_object && values[error].kind == json::kind::object) {
    json::extract(values[error].text, "code\0message\0", values + code, json::name_case::ignored);
  }
  for (json::value& value : values) {
    if (!is_object) value = {};
    if (&value != &values[correlation_id]) decode(value);
  }
  found.code = first_of(values[error].text, values[code].text);
  found.description = first_of(values[description].text, values[inner_message].text);
  found.description = first_of(found.description, values[message].text);
  if (!found.code.empty() || !found.description.empty()) {
    decode(values[correlation_id]);
    found.correlation_id = values[correlation_id].text;
  } else if (!is_success) {  // Nothing was decoded yet.
    json::value whole{body, is_object ? json::kind::string : json::kind::absent};
    if (is_object) decode(whole);
    found.description = whole.text;
  }
  for (std::string_view* part : {&found.code, &found.description, &found.correlation_id}) {
    if (may_hold_token(*part)) *part = {};
  }
}

}  // namespace detail
ARC_IDENTITY_END
