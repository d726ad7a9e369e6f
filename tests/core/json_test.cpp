// SPDX-License-Identifier: MIT
//
// What scans is tested over each inner step that the scanner can have on this machine.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <support/data_folder.hpp>

#include <arc_identity/core/json.hpp>

using arc_identity::json::detail::block_step;
using arc_identity::json::detail::byte_step;
using arc_identity::json::detail::word_step;

#if defined(ARC_IDENTITY_HAS_SSE2)
#define JSON_STEPS arc_identity::json::detail::sse2_step, word_step, byte_step
#elif defined(ARC_IDENTITY_HAS_NEON)
#define JSON_STEPS arc_identity::json::detail::neon_step, word_step, byte_step
#else
#define JSON_STEPS word_step, byte_step
#endif

namespace {

namespace json = arc_identity::json;

constexpr std::size_t max_depth = arc_identity::default_limits::max_json_depth;

/// Judges a copy that ends where the text ends, so that a sanitizer sees each byte read beyond it.
template <class Step, std::size_t MaxDepth = max_depth>
bool is_valid(std::string_view text) {
  const std::unique_ptr<char[]> copy(new char[text.size()]);
  if (!text.empty()) std::memcpy(copy.get(), text.data(), text.size());
  const std::string_view same(copy.get(), text.size());
  return json::detail::scanner<MaxDepth, Step>(same, nullptr, nullptr, 0).scan();
}

template <class Step, std::size_t MaxDepth = max_depth, std::size_t Count>
bool extract(std::string_view text, const json::field (&fields)[Count],
             json::value (&values)[Count]) {
  return json::detail::scanner<MaxDepth, Step>(text, fields, values, Count).scan();
}

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  return begin == std::string::npos
             ? std::string()
             : text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

struct json_case {
  std::string name;
  std::string text;
  bool valid;
};

/// y_: valid by RFC 8259; n_: not valid; i_: the RFC leaves it open, and this library accepts or
/// refuses it as the name says.
const std::vector<json_case>& cases() {
  static const std::vector<json_case> all = [] {
    std::vector<json_case> list;
    for (const test::data_file& file : test::read_data_folder("json")) {
      const bool valid = file.name.find("y_") == 0 || file.name.find("i_accepted_") == 0;
      list.push_back({file.name, test::decode(file.text, test::escapes::brackets_only), valid});
    }
    return list;
  }();
  return all;
}

/// The one field asked for, of a text that must be valid.
template <class Step>
json::value find(std::string_view text, json::field field) {
  const json::field fields[] = {field};
  json::value values[1];
  REQUIRE(extract<Step>(text, fields, values));
  return values[0];
}

std::string unescaped(std::string text) {
  const std::string_view plain = json::unescape(text);
  return std::string(plain);
}

}  // namespace

TEST_CASE_TEMPLATE("json: the cases of tests/data/json are valid or not as their names say", Step,
                   JSON_STEPS) {
  CHECK(cases().size() > 150);
  for (const json_case& c : cases()) {
    CAPTURE(c.name);
    CHECK(is_valid<Step>(c.text) == c.valid);
  }
}

TEST_CASE_TEMPLATE("json: a text that is cut anywhere is not valid", Step, JSON_STEPS) {
  for (const json_case& c : cases()) {
    const std::string value = trimmed(c.text);
    const bool is_number =
        !value.empty() && (value[0] == '-' || (value[0] >= '0' && value[0] <= '9'));
    if (!c.valid || is_number) continue;
    CAPTURE(c.name);
    const std::size_t value_end = c.text.find_last_not_of(" \t\r\n") + 1;
    for (std::size_t size = 0; size < c.text.size(); ++size) {
      if (is_valid<Step>(std::string_view(c.text).substr(0, size)) == (size >= value_end)) continue;
      FAIL_CHECK("cut at " << size);
      break;
    }
  }
}

TEST_CASE_TEMPLATE("json: a valid text is valid between white space, in an array and as a member",
                   Step, JSON_STEPS) {
  for (const json_case& c : cases()) {
    if (!c.valid || c.name.find("depth-512") != std::string::npos) continue;
    CAPTURE(c.name);
    CHECK(is_valid<Step>(" \t\r\n" + c.text + "\n\r\t "));
    CHECK(is_valid<Step>("[" + c.text + "]"));
    CHECK(is_valid<Step>("[" + c.text + "," + c.text + "]"));
    CHECK(is_valid<Step>("{\"a\":" + c.text + ",\"b\":" + c.text + "}"));
    CHECK_FALSE(is_valid<Step>(c.text + "," + c.text));
    CHECK_FALSE(is_valid<Step>(c.text + "]"));
    CHECK_FALSE(is_valid<Step>(c.text + std::string(1, '\0')));
  }
}

TEST_CASE_TEMPLATE("json: every byte at every place of a string", Step, JSON_STEPS) {
  for (std::size_t before = 0; before < 70; ++before) {
    for (const std::size_t after : {0U, 1U, 7U, 8U, 15U, 16U, 17U, 31U, 32U, 33U}) {
      for (int byte = 0; byte < 256; ++byte) {
        const std::string text = "\"" + std::string(before, 'a') + static_cast<char>(byte) +
                                 std::string(after, 'b') + "\"";
        // A quote ends the string, so that the rest is too much; "\b" is an escape, "\"" is not
        // closed.
        const bool expected =
            byte == '\\' ? after != 0 : byte >= 0x20 && byte < 0x80 && byte != '"';
        if (is_valid<Step>(text) == expected) continue;
        CAPTURE(before);
        CAPTURE(after);
        CAPTURE(byte);
        CHECK(is_valid<Step>(text) == expected);
      }
    }
  }
}

TEST_CASE_TEMPLATE("json: every two bytes behind a lead byte of UTF-8", Step, JSON_STEPS) {
  // The table of RFC 3629, 4, once more and in another form.
  const auto is_character = [](unsigned code_point) {
    return code_point < 0xd800 || (code_point >= 0xe000 && code_point <= 0x10ffff);
  };
  std::size_t wrong = 0;
  for (unsigned first = 0x80; first < 0x100; ++first) {
    for (unsigned second = 0x7e; second < 0xc2; ++second) {
      for (const unsigned third : {0x7fU, 0x80U, 0xbfU, 0xc0U}) {
        const auto tail = [](unsigned byte) { return (byte & 0xc0) == 0x80; };
        const auto valid_of = [&](std::size_t size) {
          unsigned code_point = first & (0x7fU >> size);
          const unsigned rest[] = {second, third, 0x80};
          for (std::size_t i = 0; i + 1 < size; ++i) {
            if (!tail(rest[i])) return false;
            code_point = code_point << 6 | (rest[i] & 0x3f);
          }
          constexpr unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
          return code_point >= least[size] && is_character(code_point);
        };
        const std::size_t size = first < 0xc0   ? 0
                                 : first < 0xe0 ? 2
                                 : first < 0xf0 ? 3
                                 : first < 0xf8 ? 4
                                                : 0;
        std::string text = "\"";
        text += static_cast<char>(first);
        text += static_cast<char>(second);
        if (size != 2) text += static_cast<char>(third);
        if (size == 4) text += '\x80';
        text += '"';
        const bool expected = size != 0 && valid_of(size);
        if (is_valid<Step>(text) != expected) ++wrong;
      }
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE_TEMPLATE("json: the depth can be chosen", Step, JSON_STEPS) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(is_valid<Step, 1>(nested(1)));
  CHECK_FALSE(is_valid<Step, 1>(nested(2)));
  CHECK(is_valid<Step, 1>("1"));
  CHECK(is_valid<Step, 8>(nested(8)));
  CHECK_FALSE(is_valid<Step, 8>(nested(9)));
  CHECK(is_valid<Step, 9>(nested(9)));
  CHECK_FALSE(is_valid<Step, 9>(nested(10)));
  CHECK(is_valid<Step, 2000>(nested(2000)));
  CHECK_FALSE(is_valid<Step, 2000>(nested(2001)));
  CHECK(is_valid<Step>(nested(512)));
  CHECK_FALSE(is_valid<Step>(nested(513)));
}

TEST_CASE_TEMPLATE("json: what kind of value was found, and its text", Step, JSON_STEPS) {
  const auto check = [](std::string_view text, json::kind kind, std::string_view expected) {
    CAPTURE(text);
    const json::value value = find<Step>(text, {"a"});
    CHECK(value.kind == kind);
    CHECK(value.text == expected);
    CHECK_FALSE(value.escaped);
    CHECK_FALSE(value.repeated);
  };
  check(R"({"a":null})", json::kind::null, "null");
  check(R"({"a":true})", json::kind::boolean, "true");
  check(R"({"a":false })", json::kind::boolean, "false");
  check(R"({"a": -1.5e+3 ,"b":0})", json::kind::number, "-1.5e+3");
  check(R"({"a" : "" })", json::kind::string, "");
  check(R"({"b":1,"a":"text","c":2})", json::kind::string, "text");
  check("{\"a\":\"\xc3\xa9\"}", json::kind::string, "\xc3\xa9");
  CHECK(find<Step>(R"({"a":[1,2]})", {"a"}).kind == json::kind::array);
  CHECK(find<Step>(R"({"a":[]})", {"a"}).kind == json::kind::array);
  CHECK(find<Step>(R"({"a":{"a":1}})", {"a"}).kind == json::kind::object);
  CHECK(find<Step>(R"({"a":{}})", {"a"}).kind == json::kind::object);
}

TEST_CASE_TEMPLATE("json: the view of a value points into the text", Step, JSON_STEPS) {
  const std::string text = R"({"a":"text"})";
  CHECK(find<Step>(text, {"a"}).text.data() == text.data() + 6);
}

TEST_CASE_TEMPLATE("json: of an object or an array the beginning is told", Step, JSON_STEPS) {
  const std::string text = R"({"a": [1], "b":{"c":{}}})";
  const json::value array = find<Step>(text, {"a"});
  CHECK(array.text.empty());
  CHECK(array.text.data() == text.data() + 6);
  CHECK(find<Step>(text, {"c", "b"}).text.data() == text.data() + 20);
}

TEST_CASE_TEMPLATE("json: what is not there is absent", Step, JSON_STEPS) {
  for (const char* const text : {"{}", R"({"b":1})", R"({"A":1})", R"({"aa":1})", R"({"":1})",
                                 R"(["a",1])", R"("a")", "1", R"({"a\u0000":1})", R"({"b":"a"})"}) {
    CAPTURE(text);
    const json::value value = find<Step>(text, {"a"});
    CHECK(value.kind == json::kind::absent);
    CHECK(value.text.empty());
    CHECK_FALSE(value.repeated);
  }
}

TEST_CASE_TEMPLATE("json: look-alikes at other places are not found", Step, JSON_STEPS) {
  for (const char* const text :
       {R"({"b":{"a":1}})", R"({"b":[{"a":1}]})", R"([{"a":1}])", R"([[{"a":1}]])",
        R"({"":{"a":1}})", R"({"b":{"a":1},"c":{"a":2}})", R"([1,{"a":1},{"a":2}])",
        R"({"b":{"":{"a":1}}})", R"({"b":"\"a\":1"})", R"({"b":"{\"a\":1}"})",
        R"([{"b":2},{"a":1}])", R"({"b":{"c":{"a":1}}})"}) {
    CAPTURE(text);
    CHECK(find<Step>(text, {"a"}).kind == json::kind::absent);
  }
  CHECK(find<Step>(R"({"b":{"a":1},"a":2,"c":{"a":3}})", {"a"}).text == "2");
  CHECK_FALSE(find<Step>(R"({"b":{"a":1},"a":2,"c":{"a":3}})", {"a"}).repeated);
  CHECK(find<Step>(R"({"a":{"a":1}})", {"a"}).kind == json::kind::object);
}

TEST_CASE_TEMPLATE("json: a name is compared after its escapes are decoded", Step, JSON_STEPS) {
  const json::field token{"access_token"};
  CHECK(find<Step>(R"({"acc\u0065ss_token":"x"})", token).text == "x");
  CHECK(find<Step>(
            R"({"\u0061\u0063\u0063\u0065\u0073\u0073\u005F\u0074\u006f\u006B\u0065\u006e":"x"})",
            token)
            .text == "x");
  CHECK(find<Step>(R"({"access\u005ftoken":1,"access_token":2})", token).repeated);
  CHECK(find<Step>(R"({"access\\u005ftoken":"x"})", token).kind == json::kind::absent);
  CHECK(find<Step>(R"({"access_token\n":"x"})", token).kind == json::kind::absent);
  CHECK(find<Step>(R"({"access_toke":1})", token).kind == json::kind::absent);
  CHECK(find<Step>(R"({"access_token\u0000":1})", token).kind == json::kind::absent);
  CHECK(find<Step>(R"({"\"\\\/\b\f\n\r\t":7})", {"\"\\/\b\f\n\r\t"}).text == "7");
  CHECK(find<Step>(R"({"\u00e9":1})", {"\xc3\xa9"}).text == "1");
  CHECK(find<Step>(R"({"\u20ac":1})", {"\xe2\x82\xac"}).text == "1");
  CHECK(find<Step>(R"({"\ud83d\ude00":1})", {"\xf0\x9f\x98\x80"}).text == "1");
  CHECK(find<Step>("{\"\xf0\x9f\x98\x80\":1}", {"\xf0\x9f\x98\x80"}).text == "1");
  CHECK(find<Step>(R"({"\u0000":1})", {std::string_view("\0", 1)}).text == "1");
  CHECK(find<Step>(R"({"\ud83d\ude00":1})", {"\xf0\x9f\x98\x81"}).kind == json::kind::absent);
}

TEST_CASE_TEMPLATE("json: of a repeated member the last counts, and it is told", Step, JSON_STEPS) {
  const json::value twice = find<Step>(R"({"a":1,"b":2,"a":"3"})", {"a"});
  CHECK(twice.repeated);
  CHECK(twice.kind == json::kind::string);
  CHECK(twice.text == "3");
  CHECK(find<Step>(R"({"a":1,"a":2,"a":3})", {"a"}).repeated);
  CHECK(find<Step>(R"({"a":null,"a":null})", {"a"}).repeated);
  CHECK(find<Step>(R"({"a":{},"a":[]})", {"a"}).repeated);
  CHECK_FALSE(find<Step>(R"({"a":1,"b":2,"b":3})", {"a"}).repeated);
  CHECK_FALSE(find<Step>(R"({"a":1,"b":{"a":3}})", {"a"}).repeated);
}

TEST_CASE_TEMPLATE("json: members of a member", Step, JSON_STEPS) {
  const json::field code{"code", "error"};
  CHECK(find<Step>(R"({"error":{"code":"x"}})", code).text == "x");
  CHECK(find<Step>(R"({"code":"y","error":{"message":"z","code":"x"},"other":{"code":"w"}})", code)
            .text == "x");
  CHECK(find<Step>(R"({"\u0065rror":{"c\u006fde":"x"}})", code).text == "x");
  CHECK(find<Step>(R"({"error":{"code":"x"},"error":{"code":"y"}})", code).repeated);
  CHECK(find<Step>(R"({"error":1,"error":{"code":"y"}})", code).text == "y");
  for (const char* const text :
       {R"({"code":"x"})", R"({"error":"code"})", R"({"error":[{"code":"x"}]})",
        R"({"error":{"a":{"code":"x"}}})", R"({"a":{"error":{"code":"x"}}})",
        R"([{"error":{"code":"x"}}])", R"({"other":{"code":"x"}})", R"({"error":1,"b":{"code":2}})",
        R"([{"code":"x"}])", R"({"":{"code":"x"}})", R"({"error":[],"a":[{"code":1}]})"}) {
    CAPTURE(text);
    CHECK(find<Step>(text, code).kind == json::kind::absent);
  }
}

TEST_CASE_TEMPLATE("json: several fields at once", Step, JSON_STEPS) {
  const json::field fields[] = {{"a"}, {"b"}, {"c", "a"}, {"d"}};
  json::value values[4];
  REQUIRE(extract<Step>(R"({"b":[{"a":9}],"a":{"c":"x\n"},"e":{"d":4}})", fields, values));
  CHECK(values[0].kind == json::kind::object);
  CHECK(values[1].kind == json::kind::array);
  CHECK(values[2].text == "x\\n");
  CHECK(values[2].escaped);
  CHECK(values[3].kind == json::kind::absent);
}

TEST_CASE_TEMPLATE("json: nothing is extracted from what is not valid", Step, JSON_STEPS) {
  const json::field fields[] = {{"a"}};
  for (const char* const text :
       {"", "{", R"({"a":1)", R"({"a":1,})", R"({"a":1}})", R"({"a":01})", R"({"a":"x"}{"a":"y"})",
        "{\"a\":\"\x01\"}", R"({"a":"\ud800"})"}) {
    CAPTURE(text);
    json::value values[1];
    CHECK_FALSE(extract<Step>(text, fields, values));
  }
}

TEST_CASE_TEMPLATE("json: the depth of an extraction can be chosen", Step, JSON_STEPS) {
  const json::field fields[] = {{"a"}};
  json::value values[1];
  CHECK(extract<Step, 2>(R"({"b":[],"a":1})", fields, values));
  CHECK_FALSE(extract<Step, 1>(R"({"b":[],"a":1})", fields, values));
}

TEST_CASE_TEMPLATE("json: a string with escapes says so, and unescape() decodes it in its place",
                   Step, JSON_STEPS) {
  CHECK(find<Step>(R"({"a":"x\ny"})", {"a"}).escaped);
  CHECK_FALSE(find<Step>(R"({"a":"x"})", {"a"}).escaped);
  CHECK_FALSE(find<Step>(R"({"\u0061":"x"})", {"a"}).escaped);
  CHECK_FALSE(find<Step>(R"({"b":"\n","a":"x"})", {"a"}).escaped);

  CHECK(unescaped("") == "");
  CHECK(unescaped("plain") == "plain");
  CHECK(unescaped(R"(\"\\\/\b\f\n\r\t)") == "\"\\/\b\f\n\r\t");
  CHECK(unescaped(R"(a\nb\\n\u0041)") == "a\nb\\nA");
  CHECK(unescaped(R"(\u0000)") == std::string(1, '\0'));
  CHECK(unescaped(R"(\u007f\u0080)") == "\x7f\xc2\x80");
  CHECK(unescaped(R"(\u07ff\u0800)") == "\xdf\xbf\xe0\xa0\x80");
  CHECK(unescaped(R"(\ud7ff\ue000\uFFFF)") == "\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf");
  CHECK(unescaped(R"(\ud800\udc00)") == "\xf0\x90\x80\x80");
  CHECK(unescaped(R"(\uDBFF\uDFFF)") == "\xf4\x8f\xbf\xbf");
  CHECK(unescaped(R"(\ud83d\ude00!)") == "\xf0\x9f\x98\x80!");
  CHECK(unescaped("\xc3\xa9\\u00e9\xe2\x82\xac") == "\xc3\xa9\xc3\xa9\xe2\x82\xac");

  char text[] = "a\\u0062c";
  CHECK(json::unescape({text, sizeof text - 1}).data() == text);
}

TEST_CASE_TEMPLATE("json: every code point survives \\u and unescape()", Step, JSON_STEPS) {
  std::size_t wrong = 0;
  const auto hex4 = [](unsigned unit) {
    constexpr char digits[] = "0123456789abcdef";
    std::string text = "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) text += digits[unit >> shift & 15];
    return text;
  };
  for (unsigned c = 0; c < 0x110000; c += c < 0x11000 ? 1 : 37) {
    if (c >= 0xd800 && c < 0xe000) continue;
    const std::string escaped =
        c < 0x10000 ? hex4(c)
                    : hex4(0xd800 + ((c - 0x10000) >> 10)) + hex4(0xdc00 + ((c - 0x10000) & 0x3ff));
    const std::string plain = unescaped(escaped);
    unsigned decoded = 0;
    const auto lead = static_cast<unsigned char>(plain[0]);
    decoded = plain.size() == 1 ? lead : lead & (0x7fU >> plain.size());
    for (std::size_t i = 1; i < plain.size(); ++i) {
      decoded = decoded << 6 | (static_cast<unsigned char>(plain[i]) & 0x3f);
    }
    const bool raw_is_valid =
        c < 0x20 || c == '"' || c == '\\' || is_valid<Step>("\"" + plain + "\"");
    if (decoded != c || !raw_is_valid || !is_valid<Step>("\"" + escaped + "\"")) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE_TEMPLATE("json: a surrogate stands only in a pair", Step, JSON_STEPS) {
  std::size_t wrong = 0;
  const auto escape = [](unsigned unit) {
    char text[8] = {'\\', 'u'};
    for (std::size_t i = 0; i < 4; ++i) text[2 + i] = "0123456789ABCDEF"[unit >> (12 - 4 * i) & 15];
    return std::string(text, 6);
  };
  for (unsigned first = 0xd700; first < 0xe100; first += 0x1f) {
    for (unsigned second = 0xd700; second < 0xe100; second += 0x1f) {
      const bool high = first >= 0xd800 && first < 0xdc00;
      const bool low = first >= 0xdc00 && first < 0xe000;
      const bool second_low = second >= 0xdc00 && second < 0xe000;
      const bool second_high = second >= 0xd800 && second < 0xdc00;
      const bool expected = high ? second_low : !low && !second_low && !second_high;
      if (is_valid<Step>("\"" + escape(first) + escape(second) + "\"") != expected) ++wrong;
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE_TEMPLATE("json: skipping plain bytes stops at the first that is not", Step, JSON_STEPS) {
  namespace detail = arc_identity::json::detail;
  const auto first_special = [](std::string_view text) {
    std::size_t at = 0;
    while (at != text.size() && detail::is_plain(text[at])) ++at;
    return at;
  };
  std::size_t wrong = 0;
  for (std::size_t size = 0; size < 70; ++size) {
    for (std::size_t at = 0; at <= size; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text(size + 32, byte % 2 == 0 ? 'a' : ' ');  // plain also behind the end
        if (at < size) text[at] = static_cast<char>(byte);
        if (at + 3 < size && byte % 3 == 0) text[at + 3] = '\0';
        const char* const begin = text.data();
        const char* const end = begin + size;
        const std::size_t expected = first_special({begin, size});
        if (detail::skip_plain<Step>(begin, end) != begin + expected) ++wrong;
      }
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE_TEMPLATE("json: a byte that is not visible is seen at each place", Step, JSON_STEPS) {
  std::size_t wrong = 0;
  for (std::size_t size = 0; size < 100; ++size) {
    std::string text(size + 32, '\0');  // not visible behind the end
    std::fill_n(text.begin(), size, 'a');
    if (!json::detail::all_visible<Step>({text.data(), size})) ++wrong;
    for (std::size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        text[at] = static_cast<char>(byte);
        const bool expected = byte > 0x20 && byte < 0x7f;
        if (json::detail::all_visible<Step>({text.data(), size}) != expected) ++wrong;
      }
      text[at] = at % 2 == 0 ? '!' : '~';  // the first and the last that are
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("json: the step is the machine's best") {
#if !defined(__OPTIMIZE__) || defined(__OPTIMIZE_SIZE__)
  CHECK(std::is_same_v<block_step, byte_step>);
#elif defined(__x86_64__)
  CHECK(std::is_same_v<block_step, json::detail::sse2_step>);
#elif defined(__aarch64__)
  CHECK(std::is_same_v<block_step, json::detail::neon_step>);
#elif !defined(__SSE2__)
  CHECK(std::is_same_v<block_step, word_step>);
#endif
}

TEST_CASE("json: the scanner without a word about its step") {
  const json::field fields[] = {{"a"}};
  json::value values[1];
  CHECK(json::is_valid(R"([[1]])"));
  CHECK(json::is_valid<2>(R"([[1]])"));
  CHECK_FALSE(json::is_valid<1>(R"([[1]])"));
  CHECK_FALSE(json::is_valid(R"([[1])"));
  CHECK(json::extract(R"({"a":[1]})", fields, values));
  CHECK(values[0].kind == json::kind::array);
  CHECK(json::extract<2>(R"({"a":[1]})", fields, values));
  CHECK_FALSE(json::extract<1>(R"({"a":[1]})", fields, values));
}
