// SPDX-License-Identifier: MIT
/// Reads the tags of a secret: a JSON object of names and texts.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/json.hpp>
#include <arc_identity/core/token_response.hpp>
#include <arc_identity/key_vault/secret.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// The text of the string that `json` begins with, without its quotes and with its escapes.
inline std::string_view string_at_front(std::string_view json) noexcept {
  std::size_t end = 1;
  while (json[end] != '"') end += json[end] == '\\' ? 2 : 1;
  return json.substr(1, end - 1);
}

/// Decodes an escaped string in its place in `body`.
inline std::string decoded(mutable_buffer body, std::string_view text) {
  json::value value{text};
  value.kind = json::kind::string;
  value.escaped = text.find('\\') != std::string_view::npos;
  return std::string(take_string(body, value));
}

/// Appends the members that are strings of an object of valid JSON in `body`, such as `json::find`
/// finds; any other value has none.
inline void read_tags(mutable_buffer body, const json::value& found,
                      std::vector<key_vault_tag>& tags) {
  if (found.kind != json::kind::object) return;
  const std::string_view object = found.text;
  std::size_t depth = 0;
  std::string_view name;
  bool is_value = false;
  for (std::size_t i = 0; i < object.size(); ++i) {
    const char c = object[i];
    if (c == '"') {
      const std::string_view text = string_at_front(object.substr(i));
      i += text.size() + 1;
      if (depth != 1) continue;
      if (is_value) tags.push_back({decoded(body, name), decoded(body, text)});
      name = text;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      --depth;
    } else if (depth == 1 && (c == ':' || c == ',')) {
      is_value = c == ':';
    }
  }
}

}  // namespace detail
ARC_IDENTITY_END
