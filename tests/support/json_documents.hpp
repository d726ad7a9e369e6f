// SPDX-License-Identifier: MIT
//
// Documents for the comparison of JSON readers. Their members are named `access_token`, `error`,
// `code`, `a` and "".
#pragma once

#include <cstddef>
#include <initializer_list>
#include <random>
#include <string>
#include <string_view>

namespace test {

/// Makes documents that are valid or nearly valid.
class json_generator {
 public:
  explicit json_generator(unsigned seed) : random_(seed) {}

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

/// For messages: invisible bytes are shown as <hexadecimal>.
inline std::string visible(std::string_view text) {
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

}  // namespace test
