// SPDX-License-Identifier: MIT
#undef ARC_IDENTITY_SIMDJSON
#include "own_json.hpp"

#include <vector>

#include <arc_identity/core/json.hpp>

namespace json = arc_identity::json;

bool test::own_is_valid(std::string_view text) { return json::is_valid(text); }

bool test::own_extract(std::string_view text, const char* names, own_value* values,
                       std::size_t count, bool ignore_case) {
  std::vector<json::value> found(count);
  const bool extracted = json::extract(
      text, names, found.data(), ignore_case ? json::name_case::ignored : json::name_case::exact);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = {found[i].text, static_cast<int>(found[i].kind), found[i].repeated};
  }
  return extracted;
}
