// SPDX-License-Identifier: MIT
// JSON: all readers agree whether it is valid, and values are at the right places.
//
// Input: a byte that selects where the text is cut; the text.

#include <string>

#include <arc_identity/core/json.hpp>

#include "fuzz.hpp"

namespace {

namespace json = arc_identity::json;
using fuzz::require;

constexpr char names[] = "access_token\0error\0error_description\0code\0message\0expires_on\0a\0";
constexpr std::size_t name_count = 7;

/// The whole value; a string with its quotes.
std::string whole(const json::value& value) {
  const std::string text(value.text);
  return value.kind == json::kind::string ? '"' + text + '"' : text;
}

/// Text that is valid between quotes in JSON, with the necessary escapes.
std::string escape(std::string_view plain) {
  std::string text;
  for (const char c : plain) {
    if (c == '"' || c == '\\') text += '\\';
    if (c >= 0 && c < 0x20) {
      text += "\\u00";
      text += "01"[c >> 4];
      text += "0123456789abcdef"[c & 15];
    } else {
      text += c;
    }
  }
  return text;
}

void check_string(std::string_view quoted) {
  std::vector<char> memory = fuzz::copy(quoted);
  const std::string_view plain = json::unescape(arc_identity::mutable_buffer(memory));
  require(plain.size() <= quoted.size(), "the decoded string is not longer");
  require(fuzz::contains(quoted, "\\") || plain == quoted, "a string without escapes is unchanged");
  require(json::is_valid('"' + escape(plain) + '"'), "the decoded string is UTF-8");
  require(arc_identity::detail::json_means(arc_identity::detail::cursor(quoted),
                                           arc_identity::detail::cursor(plain)),
          "json_means() agrees with the decoded string");
}

/// Walks all items in `value`, down to `depth` levels.
void check_items(const json::value& value, std::size_t depth) {
  require(json::is_valid(whole(value)), "the value is valid JSON by itself");
  if (value.kind == json::kind::string) check_string(value.text);
  json::items items(value);
  while (items.next()) {
    require(depth != 0, "a valid text is not too deep");
    require(fuzz::lies_inside(items.value().text, value.text), "each item lies in its container");
    require(items.is_object() == (value.kind == json::kind::object),
            "is_object() is true for objects only");
    if (items.is_object()) check_string(items.name());
    if (depth % 64 != 1) check_items(items.value(), depth - 1);
  }
  require(items.is_valid() == (value.kind >= json::kind::array),
          "a walk over an object or array is valid");
}

void check_values(std::string_view text) {
  const bool is_valid = json::is_valid(text);
  const bool is_object = is_valid && text[text.find_first_not_of(" \t\r\n")] == '{';
  for (const json::name_case name_case : {json::name_case::exact, json::name_case::ignored}) {
    json::value values[name_count] = {};
    require(json::extract(text, names, values, name_case) == is_object,
            "extract() agrees with is_valid()");
    if (!is_object) continue;
    for (const json::value& value : values) {
      if (value.kind == json::kind::absent) continue;
      require(fuzz::lies_inside(value.text, text), "the value lies in the text");
      check_items(value, json::max_depth - 1);
    }
  }
}

/// Checks what the result for this text implies for texts that contain it.
void check_relatives(std::string_view text, unsigned cut) {
  const bool valid = json::is_valid(text);
  const std::string spaced = " \t\r\n" + std::string(text) + "\n";
  require(json::is_valid(spaced) == valid,
          "white space around the text does not change the result");
  if (!valid) return;
  const std::string object = "{\"a\":" + std::string(text) + "}";
  json::value value;
  const bool is_in_object = json::extract(object, "a\0", &value);
  require(is_in_object || fuzz::contains(text, "["),
          "the text is valid as a member, unless it is too deep");
  require(json::is_valid("[" + std::string(text) + "]") == is_in_object,
          "the text is valid as an element if it is valid as a member");
  require(!json::is_valid("[" + std::string(text)), "an array that does not end is not valid");
  require(!json::is_valid(std::string(text) + "]"), "an array that does not begin is not valid");
  require(!json::is_valid(std::string(text) + " " + std::string(text)), "two values are not valid");
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  const char last = text[end];
  if (last != '}' && last != ']' && last != '"')
    return;  // The beginning of a number may also be a number.
  const std::vector<char> beginning = fuzz::copy(text.substr(0, end * cut / 256));
  require(!json::is_valid({beginning.data(), beginning.size()}), "a truncated text is not valid");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input input(data, size);
  const unsigned cut = input.byte();
  check_values(input.rest());
  check_relatives(input.rest(), cut);
  return 0;
}
