// SPDX-License-Identifier: MIT
/// Reads the tags of a secret, a JSON object whose values are strings.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/json.hpp>
#include <arc_identity/key_vault/secret.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// A copy of the text of a valid JSON string, with its escapes decoded.
inline std::string decoded(std::string_view text) {
  std::string copy(text);
  copy.resize(json::unescape(copy).size());
  return copy;
}

/// Appends the members of `object` that are strings. Does nothing if it is not an object.
inline void read_tags(const json::value& object, std::vector<key_vault_tag>& tags) {
  if (object.kind != json::kind::object) return;
  for (json::items members(object); members.next();) {
    if (members.value().kind != json::kind::string) continue;
    tags.push_back({decoded(members.name()), decoded(members.value().text)});
  }
}

}  // namespace detail
ARC_IDENTITY_END
