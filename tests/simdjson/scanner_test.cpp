// SPDX-License-Identifier: MIT
//
// The scanner against simdjson: the same verdict, and the same values of the same members, over
// documents that a seeded generator makes and then damages.
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

constexpr json::field fields[] = {{"access_token"}, {"error"}, {"code", "error"}, {"a"}, {""}};
constexpr std::size_t field_count = std::size(fields);

/// simdjson refuses numbers that fit neither 64 bits nor a double, where RFC 8259 has no limit.
/// Such are too rare to look at closely: any number of 17 digits, and any exponent of three, is
/// left out.
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

/// What simdjson has for a field, in the terms of the extractor.
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

found look_up(simdjson::dom::element document, const json::field& field) {
  found result;
  simdjson::dom::object top;
  if (document.get(top) != simdjson::SUCCESS) return result;
  if (field.parent.empty()) {
    look_through(top, field.name, result);
    return result;
  }
  for (const simdjson::dom::key_value_pair member : top) {
    simdjson::dom::object inner;
    if (member.key == field.parent && member.value.get(inner) == simdjson::SUCCESS) {
      look_through(inner, field.name, result);
    }
  }
  return result;
}

bool same_content(json::value value, simdjson::dom::element element) {
  std::string text(value.text);
  switch (value.kind) {
    case json::kind::string: {
      std::string_view expected;
      if (element.get(expected) != simdjson::SUCCESS) return false;
      const bool has_escape = text.find('\\') != std::string::npos;
      return value.escaped == has_escape && json::unescape(text) == expected;
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
    default: return true;
  }
}

bool same_values(const json::value (&values)[field_count], simdjson::dom::element document) {
  for (std::size_t i = 0; i < field_count; ++i) {
    const found expected = look_up(document, fields[i]);
    if (values[i].kind != expected.kind || values[i].repeated != expected.repeated) return false;
    if (expected.kind != json::kind::absent && !same_content(values[i], expected.element)) {
      return false;
    }
  }
  return true;
}

}  // namespace

TEST_CASE("json against simdjson: the same verdict and the same values") {
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
    json::value values[field_count];
    const bool same_verdict =
        json::extract(text, fields, values) == expected && json::is_valid(text) == expected;
    ++compared;
    valid += expected ? 1 : 0;
    if (same_verdict && (!expected || same_values(values, document))) continue;
    FAIL_CHECK("document " << i << (expected ? ", valid: " : ", not valid: ")
                           << test::visible(text));
  }
  CHECK(compared >= 200'000);
  CHECK(left_out < 40'000);
  CHECK(valid > compared / 3);
  CHECK(valid < compared * 9 / 10);
  MESSAGE("compared " << compared << ", of which valid " << valid << "; left out " << left_out);
}
