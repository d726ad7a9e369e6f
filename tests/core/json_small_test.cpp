// SPDX-License-Identifier: MIT
// The smallest code has the same verdicts; json_test.cpp has the rest of its tests.
#define ARC_IDENTITY_SMALL
#include <doctest/doctest.h>

#include <type_traits>

#include <arc_identity/core/json.hpp>

TEST_CASE("json: the smallest code goes byte by byte") {
  namespace json = arc_identity::json;
  CHECK(std::is_same_v<json::detail::block_step, json::detail::byte_step>);
  CHECK(json::is_valid(R"({"a":"b"})"));
  CHECK_FALSE(json::is_valid("{\"a\":\"\x1f\"}"));
}
