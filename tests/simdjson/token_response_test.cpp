// SPDX-License-Identifier: MIT
//
// The tests of core/token_response_test.cpp over the extractor of json/simdjson.hpp.
#include <arc_identity/json/simdjson.hpp>

#define EXTRACTOR arc_identity::json::simdjson_extractor
#define EXTRACTOR_NAME " (simdjson)"
#include "../core/token_response_test.cpp"
