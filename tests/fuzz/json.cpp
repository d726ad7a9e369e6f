// SPDX-License-Identifier: MIT
// The JSON scanner: one verdict whoever asks, and values that lie where they should.
//
// Input: a byte that picks where the text is cut; the text.

#include <string>

#include <arc_identity/core/json.hpp>

#include "fuzz.hpp"

namespace {

namespace json = arc_identity::json;
using fuzz::require;

constexpr json::field fields[] = {
    {"access_token"}, {"error"}, {"code", "error"},    {"error_description"}, {"message", "error"},
    {"expires_on"},   {""},      {"a", "access_token"}};

bool is_utf8(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    const bool is_ascii = static_cast<unsigned char>(*at) < 0x80;
    const std::size_t length = is_ascii ? 1 : json::detail::utf8_length(at, end);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

void check_string(const json::value& value) {
  std::vector<char> memory = fuzz::copy(value.text);
  const std::string_view plain = json::unescape(arc_identity::mutable_buffer(memory));
  require(plain.size() <= value.text.size(), "decoding never makes longer");
  require(value.escaped == fuzz::contains(value.text, "\\"), "a backslash makes an escape");
  require(value.escaped || plain == value.text, "without escapes a string is what it is");
  require(is_utf8(plain), "a decoded string is UTF-8");
  require(json::detail::means(value.text, plain), "a string means what it decodes to");
}

void check_values(std::string_view text) {
  json::value values[std::size(fields)] = {};
  require(json::extract(text, fields, values) == json::is_valid(text), "one verdict");
  if (!json::is_valid(text)) return;
  for (const json::value& value : values) {
    if (value.kind == json::kind::absent) continue;
    require(fuzz::lies_inside(value.text, text), "a value lies inside of the text");
    if (value.kind == json::kind::string) {
      check_string(value);
    } else if (value.kind != json::kind::object && value.kind != json::kind::array) {
      require(json::is_valid(value.text), "a scalar is JSON by itself");
    }
  }
}

/// What follows from a verdict for texts that are made of this one.
void check_relatives(std::string_view text, unsigned cut) {
  constexpr std::size_t depth = arc_identity::default_limits::max_json_depth;
  const bool valid = json::is_valid(text);
  require(!json::is_valid<16>(text) || valid, "what is not too deep for a lesser limit");
  const std::string spaced = " \t\r\n" + std::string(text) + "\n";
  require(json::is_valid(spaced) == valid, "white space around does not matter");
  if (!valid) return;
  require(json::is_valid<depth + 1>("[" + std::string(text) + "]"), "an array of it");
  require(json::is_valid<depth + 1>("{\"\":" + std::string(text) + "}"), "an object of it");
  require(!json::is_valid("[" + std::string(text)), "an array that does not end");
  require(!json::is_valid(std::string(text) + "]"), "an array that does not begin");
  require(!json::is_valid(std::string(text) + " " + std::string(text)), "two values");
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  const char last = text[end];
  if (last != '}' && last != ']' && last != '"') return;  // A number's beginning may be one, too.
  const std::vector<char> beginning = fuzz::copy(text.substr(0, end * cut / 256));
  require(!json::is_valid({beginning.data(), beginning.size()}), "a beginning is not the whole");
}

template <class Step>
void check_blocks(std::string_view text) {
  const char* const end = text.data() + text.size();
  const char* at = text.data();
  while (at != end && json::detail::is_plain(*at)) ++at;
  require(json::detail::skip_plain<Step>(text.data(), end) == at, "what is plain is skipped");
  const bool visible = arc_identity::detail::all_of(text, arc_identity::detail::is_visible);
  require(json::detail::all_visible<Step>(text) == visible, "what is not visible is seen");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input input(data, size);
  const unsigned cut = input.byte();
  check_values(input.rest());
  check_relatives(input.rest(), cut);
  check_blocks<json::detail::block_step>(input.rest());
  check_blocks<json::detail::word_step>(input.rest());
  return 0;
}
