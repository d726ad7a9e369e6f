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

/// Where the literal begins in `text`, or its size.
ARC_IDENTITY_COLD inline std::size_t find_literal(std::string_view text,
                                                  const char* literal) noexcept {
  std::size_t at = 0;
  while (at != text.size() && !starts_with(after(text, at), literal)) ++at;
  return at;
}

inline bool has_literal(std::string_view text, const char* literal) noexcept {
  return find_literal(text, literal) != text.size();
}

/// A token, or part of one, as in a truncated response.
inline bool may_hold_token(std::string_view text) noexcept {
  return has_literal(text, "access_token") || has_literal(text, "ccessToken") ||
         has_literal(text, "eyJ");
}

/// The part of `text` that a message may show: nothing if it may hold a token. It is cut before the
/// first word with an undecoded escape of an ASCII character, which could hide a token or the key.
ARC_IDENTITY_COLD inline std::string_view quotable(std::string_view text) noexcept {
  if (may_hold_token(text)) return {};
  std::size_t end = find_literal(text, "\\u00");
  if (end == text.size()) return text;
  while (end != 0 && text[end - 1] != ' ' && text[end - 1] != '"') --end;
  return first(text, end);
}

/// Sets `quoted` to what may be shown of a string, decoded in place, unless it is set already.
ARC_IDENTITY_COLD inline void quote(json::value& value, quoted_text& quoted) noexcept {
  if (!quoted.empty()) return;
  decode(value);
  quoted = quotable(value.text);
}

/// Reads `{"error":CODE,"error_description":...}`, `{"error":{"code":...,"message":...}}` and
/// `{"message":...,"correlationId":...}`, names without regard to case. Any other `body` is taken
/// whole, unless it belongs to a success: then it may be a token under another name. Text that
/// must not be shown is left out. Decodes strings in place; `found` must be empty.
inline void read_agent_error(std::string_view body, bool is_success, peer_error& found) noexcept {
  enum { error, description, message, correlation_id, code, inner_message, member_count };
  json::value values[member_count] = {};
  if (!json::extract(body, "error\0error_description\0message\0correlationid\0", values,
                     json::name_case::ignored)) {
    if (!is_success) found.description = quotable(body);
    return;
  }
  if (values[error].kind == json::kind::object) {
    json::extract(values[error].text, "code\0message\0", values + code, json::name_case::ignored);
  }
  quote(values[error], found.code);
  quote(values[code], found.code);
  quote(values[description], found.description);
  quote(values[inner_message], found.description);
  quote(values[message], found.description);
  if (!found.code.empty() || !found.description.empty()) {
    return quote(values[correlation_id], found.correlation_id);
  }
  for (const json::value& value : values) {
    if (&value != &values[correlation_id] && !value.text.empty()) return;  // Not quotable.
  }
  json::value whole{body, is_success ? json::kind::absent : json::kind::string};
  quote(whole, found.description);
}

}  // namespace detail
ARC_IDENTITY_END
