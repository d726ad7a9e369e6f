// SPDX-License-Identifier: MIT
// The library's own JSON reader, for programs whose other units use simdjson. It is compiled in a
// separate unit, without simdjson, and returns plain types.
#pragma once

#include <cstddef>
#include <string_view>

namespace test {

struct own_value {
  std::string_view text{};
  int kind = 0;
  bool repeated = false;
};

bool own_is_valid(std::string_view text);
/// As `json::extract`; `count` values.
bool own_extract(std::string_view text, const char* names, own_value* values, std::size_t count,
                 bool ignore_case);

}  // namespace test
