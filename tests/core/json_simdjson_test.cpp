// SPDX-License-Identifier: MIT
//
// The scanner against simdjson: the same verdict, and the same values of the same members, over
// documents that a seeded generator makes and then damages. Built where simdjson was found.
#if defined(ARC_IDENTITY_TEST_SIMDJSON)
#include <doctest/doctest.h>
#include <simdjson.h>

#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <string_view>

#include <arc_identity/core/json.hpp>

namespace {

namespace json = arc_identity::json;

constexpr json::field fields[] = {{"access_token"}, {"error"}, {"code", "error"}, {"a"}, {""}};
constexpr std::size_t field_count = std::size(fields);

/// Makes documents that are valid, or nearly so.
class generator {
 public:
  explicit generator(unsigned seed) : random_(seed) {}

  std::string document() {
    std::string text;
    add_space(text);
    if (one_in(20)) {
      add_value(text, 0);
    } else {
      add_object(text, 4);
    }
    add_space(text);
    return text;
  }

  void damage(std::string& text) {
    for (unsigned i = below(3) + 1; i != 0 && !text.empty(); --i) damage_once(text);
  }

  unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }
  bool one_in(unsigned count) { return below(count) == 0; }

 private:
  std::string_view pick(std::initializer_list<std::string_view> choices) {
    return choices.begin()[below(static_cast<unsigned>(choices.size()))];
  }

  void add_space(std::string& text) {
    if (one_in(4)) text += pick({" ", "\t", "\r\n", "\n", "    "});
  }

  void add_value(std::string& text, unsigned depth) {
    const unsigned kind = below(depth == 0 ? 5 : 8);
    if (kind < 2) return add_string(text);
    if (kind == 2) return add_number(text);
    if (kind < 5) {
      text += pick({"true", "false", "null"});
      return;
    }
    if (kind == 5) return add_array(text, depth - 1);
    add_object(text, depth - 1);
  }

  void add_array(std::string& text, unsigned depth) {
    text += '[';
    const unsigned count = below(4);
    for (unsigned i = 0; i < count; ++i) {
      if (i != 0) text += ',';
      add_space(text);
      add_value(text, depth);
      add_space(text);
    }
    text += ']';
  }

  void add_object(std::string& text, unsigned depth) {
    text += '{';
    const unsigned count = below(6);
    for (unsigned i = 0; i < count; ++i) {
      if (i != 0) text += ',';
      add_space(text);
      add_name(text);
      add_space(text);
      text += ':';
      add_space(text);
      add_value(text, depth);
      add_space(text);
    }
    text += '}';
  }

  void add_name(std::string& text) {
    const std::string_view name = pick({"access_token", "access_token", "error", "error", "code",
                                        "code", "a", "", "access_tokens", "ERROR", "b"});
    if (one_in(12)) return add_string(text);
    text += '"';
    const bool spelled_out = one_in(4);
    for (const char c : name) {
      if (spelled_out && one_in(3)) {
        add_unit(text, static_cast<unsigned char>(c));
      } else {
        text += c;
      }
    }
    text += '"';
  }

  void add_string(std::string& text) {
    text += '"';
    for (unsigned i = below(one_in(8) ? 40 : 6); i != 0; --i) add_piece(text);
    text += '"';
  }

  void add_piece(std::string& text) {
    switch (below(9)) {
      case 0: text += pick({"\\n", "\\\"", "\\\\", "\\/", "\\b", "\\f", "\\r", "\\t"}); return;
      case 1: return add_unit(text, below(0xd800));
      case 2:
        add_unit(text, 0xd800 + below(0x400));
        add_unit(text, 0xdc00 + below(0x400));
        return;
      case 3:
        text += pick({"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\x9f\xbf", "\x7f"});
        return;
      case 4: text += pick({"{", "}", "[1,", ":", ",", "\\\"access_token\\\":1"}); return;
      case 5: text.append(below(24), 'x'); return;
      default: text += static_cast<char>('a' + below(26)); return;
    }
  }

  void add_unit(std::string& text, unsigned unit) {
    const char* const digits = one_in(2) ? "0123456789abcdef" : "0123456789ABCDEF";
    text += "\\u";
    for (unsigned shift = 16; shift != 0; shift -= 4) text += digits[unit >> (shift - 4) & 15];
  }

  void add_number(std::string& text) {
    if (one_in(4)) text += '-';
    text += one_in(4) ? "0" : std::to_string(below(2'000'000'000));
    if (one_in(3)) text += "." + std::to_string(below(100'000));
    if (one_in(4)) {
      text += pick({"e", "E", "e+", "E-"});
      text += std::to_string(below(20));
    }
  }

  void damage_once(std::string& text) {
    const std::size_t at = below(static_cast<unsigned>(text.size()));
    const std::size_t from = below(static_cast<unsigned>(text.size()));
    const std::size_t count = below(12);
    switch (below(7)) {
      case 0: text.erase(at, 1); return;
      case 1: text.erase(at, count); return;
      case 2: text.insert(at, 1, odd_byte()); return;
      case 3: text[at] = odd_byte(); return;
      case 4: text.insert(at, text.substr(from, count)); return;
      case 5: text.resize(at); return;
      default: text[at] = static_cast<char>(text[at] ^ static_cast<char>(1U << count % 8)); return;
    }
  }

  char odd_byte() {
    constexpr char odd[] =
        "{}[]:,\"\\/u0123456789eE+-.tfn \t\n\r\0\x01\x1f\x7f\x80\xc3\xe2\xf0\xff";
    return odd[below(sizeof odd - 1)];
  }

  std::mt19937 random_;
};

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

std::string visible(std::string_view text) {
  std::string result;
  for (const char c : text) {
    constexpr char digits[] = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f) {
      result += c;
    } else {
      result += {'<', digits[byte >> 4], digits[byte & 15], '>'};
    }
  }
  return result;
}

}  // namespace

TEST_CASE("json against simdjson: the same verdict and the same values") {
  generator generate(20260101);
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
    FAIL_CHECK("document " << i << (expected ? ", valid: " : ", not valid: ") << visible(text));
  }
  CHECK(compared >= 200'000);
  CHECK(left_out < 40'000);
  CHECK(valid > compared / 3);
  CHECK(valid < compared * 9 / 10);
  MESSAGE("compared " << compared << ", of which valid " << valid << "; left out " << left_out);
}

#endif
