// SPDX-License-Identifier: MIT
/// Finds one value in JSON by its path, such as `compute.tagsList[0].value`. For documents that are
/// queried a few times: each step reads what it skips.
#pragma once

#include <cstdint>
#include <string_view>

#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/detail/cursor.hpp>
#include <arc_identity/core/json.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// The member called `name`; the last one if repeated.
inline json::value json_member(const json::value& object, const cursor& name) noexcept {
  json::value found;
  if (object.kind != json::kind::object) return found;
  for (json::items members(object); members.next();) {
    if (json_means(cursor(members.name()), name)) found = members.value();
  }
  return found;
}

/// The element number `index`, from 0.
inline json::value json_element(const json::value& array, std::uint32_t index) noexcept {
  if (array.kind != json::kind::array) return {};
  for (json::items elements(array); elements.next(); --index) {
    if (index == 0) return elements.value();
  }
  return {};
}

}  // namespace detail

namespace json {

/// The value at `path` in `text`: names with dots between them, and indices from 0 in brackets; an
/// empty path is the whole. Names that hold a dot or a bracket cannot be given. `kind::absent` if
/// there is none, the path is malformed, or `text` is not valid JSON.
inline value find(std::string_view text, std::string_view path) noexcept {
  if (!is_valid(text)) return {};
  detail::json_scanner whole(text);
  value found;
  detail::take_json_value(whole, found);
  detail::cursor steps(path);
  for (bool is_first = true; !steps.empty(); is_first = false) {
    if (steps.skip('[')) {
      std::uint32_t index = 0;
      if (!steps.take_number(index) || !steps.skip(']')) return {};
      found = detail::json_element(found, index);
    } else {
      if (!is_first && !steps.skip('.')) return {};
      detail::cursor name;
      steps.take_until(".[", name);
      if (name.empty()) return {};
      found = detail::json_member(found, name);
    }
  }
  return found;
}

}  // namespace json
ARC_IDENTITY_END
