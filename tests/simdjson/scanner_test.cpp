// SPDX-License-Identifier: MIT
//
// Compares the scanner with simdjson: the verdict and the values of members must be the same, for
// documents that a seeded generator makes and then damages.
#undef ARC_IDENTITY_SIMDJSON
#include <doctest/doctest.h>
#include <simdjson.h>

#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include <arc_identity/core/json.hpp>

#include "support/json_documents.hpp"

namespace {

namespace json = arc_identity::json;

constexpr char names[] = "access_token\0error\0code\0a\0";
constexpr std::string_view names_of_simdjson[] = {"access_token", "error", "code", "a"};
constexpr std::size_t name_count = std::size(names_of_simdjson);

/// simdjson refuses numbers that fit neither 64 bits nor a double, while RFC 8259 has no limit.
/// Such numbers are too rare for an exact rule: numbers of 17 digits or with exponents of three
/// digits are skipped.
bool may_overflow(std::string_view text) {
  std::size_t digits = 0;
  bool is_exponent = false;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      if (++digits >= (is_exponent ? 3U : 17U)) return true;
    } else if (c == 'e' || c == 'E') {
      is_exponent = true;
      digits = 0;
    } else if (c != '-' && c != '+' && c != '.') {
      is_exponent = false;
      digits = 0;
    }
  }
  return false;
}

/// simdjson's value of a field, in the terms of the extractor.
struct found {
  json::kind kind = json::kind::absent;
  bool repeated = false;
  simdjson::dom::element element{};
};

json::kind kind_of(simdjson::dom::element element) {
  switch (element.type()) {
    case simdjson::dom::element_type::ARRAY: return json::kind::array;
    case simdjson::dom::element_type::OBJECT: return json::kind::object;
    case simdjson::dom::element_type::STRING: return json::kind::string;
    case simdjson::dom::element_type::BOOL: return json::kind::boolean;
    case simdjson::dom::element_type::NULL_VALUE: return json::kind::null;
    default: return json::kind::number;
  }
}

void look_through(simdjson::dom::object object, std::string_view name, found& result) {
  for (const simdjson::dom::key_value_pair member : object) {
    if (member.key != name) continue;
    result.repeated = result.kind != json::kind::absent;
    result.kind = kind_of(member.value);
    result.element = member.value;
  }
}

found look_up(simdjson::dom::element document, std::string_view name) {
  found result;
  simdjson::dom::object top;
  if (document.get(top) == simdjson::SUCCESS) look_through(top, name, result);
  return result;
}

bool same_content(json::value value, simdjson::dom::element element) {
  std::string text(value.text);
  switch (value.kind) {
    case json::kind::string: {
      std::string_view expected;
      if (element.get(expected) != simdjson::SUCCESS) return false;
      return json::unescape(text) == expected;
    }
    case json::kind::number: {
      double expected = 0;
      if (element.get(expected) != simdjson::SUCCESS) return false;
      const double number = std::strtod(text.c_str(), nullptr);
      return std::memcmp(&number, &expected, sizeof number) == 0 || number == expected;
    }
    case json::kind::boolean: {
      bool expected = false;
      return element.get(expected) == simdjson::SUCCESS && text == (expected ? "true" : "false");
    }
    case json::kind::null: return text == "null";
    default: return json::is_valid(text);
  }
}

bool same_values(const json::value (&values)[name_count], simdjson::dom::element document) {
  for (std::size_t i = 0; i < name_count; ++i) {
    const found expected = look_up(document, names_of_simdjson[i]);
    if (values[i].kind != expected.kind || values[i].repeated != expected.repeated) return false;
    if (expected.kind != json::kind::absent && !same_content(values[i], expected.element)) {
      return false;
    }
  }
  return true;
}

}  // namespace

TEST_CASE("json: gives the same verdict and values as simdjson") {
  test::json_generator generate(20260101);
  simdjson::dom::parser parser;
  unsigned compared = 0;
  unsigned valid = 0;
  unsigned left_out = 0;
  for (unsigned i = 0; i < 240'000; ++i) {
    std::string text = generate.document();
    if (i % 2 == 1) generate.damage(text);
    if (may_overflow(text)) {
      ++left_out;
      continue;
    }
    simdjson::dom::element document;
    const bool expected =
        parser.parse(simdjson::padded_string(text)).get(document) == simdjson::SUCCESS;
    json::value values[name_count];
    const bool is_object = expected && document.is_object();
    const bool same_verdict =
        json::extract(text, names, values) == is_object && json::is_valid(text) == expected;
    ++compared;
    valid += expected ? 1 : 0;
    if (same_verdict && (!is_object || same_values(values, document))) continue;
    FAIL_CHECK("document " << i << (expected ? ", valid: " : ", not valid: ")
                           << test::visible(text));
  }
  CHECK(compared >= 200'000);
  CHECK(left_out < 40'000);
  CHECK(valid > compared / 3);
  CHECK(valid < compared * 9 / 10);
  MESSAGE("compared " << compared << ", of which valid " << valid << "; left out " << left_out);
}
