// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arc_identity/core/json.hpp>
#include <support/data_folder.hpp>

#ifndef CODE_SIZE
#define CODE_SIZE ""
#endif

namespace {

namespace json = arc_identity::json;
using json::kind;

/// Validates a copy that ends where the text ends, so that a sanitizer detects reads beyond it.
bool is_valid(std::string_view text) {
  const std::unique_ptr<char[]> copy(new char[text.size()]);
  if (!text.empty()) std::memcpy(copy.get(), text.data(), text.size());
  return json::is_valid({copy.get(), text.size()});
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

/// The requested member of a text that must be a valid object; `name` ends with two NULs.
json::value find(std::string_view text, const char* name,
                 json::name_case names_in = json::name_case::exact) {
  json::value found;
  REQUIRE(json::extract(text, name, &found, names_in));
  return found;
}

std::string unescaped(std::string text) {
  const std::string_view plain = json::unescape(text);
  return std::string(plain);
}

}  // namespace

TEST_CASE("json: each case of tests/data/json is valid or not as its name says" CODE_SIZE) {
  CHECK(cases().size() > 150);
  for (const json_case& c : cases()) {
    CAPTURE(c.name);
    CHECK(is_valid(c.text) == c.valid);
  }
}

TEST_CASE("json: a truncated text is not valid" CODE_SIZE) {
  for (const json_case& c : cases()) {
    const std::string value = trimmed(c.text);
    const bool is_number =
        !value.empty() && (value[0] == '-' || (value[0] >= '0' && value[0] <= '9'));
    if (!c.valid || is_number) continue;
    CAPTURE(c.name);
    const std::size_t value_end = c.text.find_last_not_of(" \t\r\n") + 1;
    for (std::size_t size = 0; size < c.text.size(); ++size) {
      if (is_valid(std::string_view(c.text).substr(0, size)) == (size >= value_end)) continue;
      FAIL_CHECK("cut at " << size);
      break;
    }
  }
}

TEST_CASE(
    "json: a valid text is valid between white space, in an array and as a member" CODE_SIZE) {
  for (const json_case& c : cases()) {
    if (!c.valid || c.name.find("depth-512") != std::string::npos) continue;
    CAPTURE(c.name);
    CHECK(is_valid(" \t\r\n" + c.text + "\n\r\t "));
    CHECK(is_valid("[" + c.text + "]"));
    CHECK(is_valid("[" + c.text + "," + c.text + "]"));
    CHECK(is_valid("{\"a\":" + c.text + ",\"b\":" + c.text + "}"));
    CHECK_FALSE(is_valid(c.text + "," + c.text));
    CHECK_FALSE(is_valid(c.text + "]"));
    CHECK_FALSE(is_valid(c.text + std::string(1, '\0')));
  }
}

TEST_CASE("json: each byte at each position of a string is valid or not by RFC 8259" CODE_SIZE) {
  for (std::size_t before = 0; before < 70; ++before) {
    for (const std::size_t after : {0U, 1U, 7U, 8U, 15U, 16U, 17U, 31U, 32U, 33U}) {
      for (int byte = 0; byte < 256; ++byte) {
        const std::string text = "\"" + std::string(before, 'a') + static_cast<char>(byte) +
                                 std::string(after, 'b') + "\"";
        // A quote ends the string, and the text after it is not valid; "\b" is an escape; "\"" is
        // not closed.
        const bool expected =
            byte == '\\' ? after != 0 : byte >= 0x20 && byte < 0x80 && byte != '"';
        if (is_valid(text) == expected) continue;
        CAPTURE(before);
        CAPTURE(after);
        CAPTURE(byte);
        CHECK(is_valid(text) == expected);
      }
    }
  }
}

TEST_CASE(
    "json: each pair of bytes after a UTF-8 lead byte is valid or not by RFC 3629" CODE_SIZE) {
  // The table of RFC 3629, 4, in a form other than the library's.
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
        if (is_valid(text) != expected) ++wrong;
      }
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("json: arrays and objects nest 512 deep" CODE_SIZE) {
  for (const char* const brackets : {"[]", "{}"}) {
    const auto nested = [&](std::size_t depth) {
      std::string text;
      for (std::size_t i = 1; i < depth; ++i) text += brackets[0] == '[' ? "[" : "{\"a\":";
      return text + brackets + std::string(depth - 1, brackets[1]);
    };
    CHECK(json::max_depth == 512);
    CHECK(is_valid(nested(512)));
    CHECK_FALSE(is_valid(nested(513)));
    CHECK_FALSE(is_valid(nested(100'000)));
    CHECK(is_valid("[" + nested(511) + "," + nested(511) + "]"));
    json::value value;
    CHECK(json::extract("{\"a\":" + nested(511) + "}", "a\0", &value));
    CHECK_FALSE(json::extract("{\"a\":" + nested(512) + "}", "a\0", &value));
  }
}

TEST_CASE("json: each nesting level must be closed by its own bracket" CODE_SIZE) {
  // All 512 combinations of nine levels, and each closed wrongly at one level.
  for (unsigned shape = 0; shape < 512; ++shape) {
    for (int wrong = -1; wrong < 9; ++wrong) {
      std::string text;
      for (int level = 0; level < 9; ++level) text += (shape >> level & 1) != 0 ? "{\"a\":" : "[";
      text += "1";
      for (int level = 8; level >= 0; --level) {
        text += ((shape >> level & 1) != 0) != (level == wrong) ? '}' : ']';
      }
      if (is_valid(text) != (wrong < 0)) FAIL_CHECK(text);
    }
  }
}

// --- Members -------------------------------------------------------------------------------------

namespace {

struct kind_case {
  const char* text;
  json::kind kind;
  const char* found;  ///< what `value::text` is
};

/// Each kind of value.
constexpr kind_case kinds[] = {
    {"null", kind::null, "null"},
    {"true", kind::boolean, "true"},
    {"false", kind::boolean, "false"},
    {"0", kind::number, "0"},
    {"-1.5e+3", kind::number, "-1.5e+3"},
    {R"("")", kind::string, ""},
    {R"("te,x]t\"}")", kind::string, R"(te,x]t\"})"},
    {"\"\xc3\xa9\"", kind::string, "\xc3\xa9"},
    {"[]", kind::array, "[]"},
    {"[1 ,[ ] ]", kind::array, "[1 ,[ ] ]"},
    {"{}", kind::object, "{}"},
    {R"({ "a":{"a":1}})", kind::object, R"({ "a":{"a":1}})"},
};

}  // namespace

TEST_CASE("json: each kind of value is found at each position of an object" CODE_SIZE) {
  for (const kind_case& c : kinds) {
    const std::string text = c.text;
    for (const std::string& object :
         std::vector<std::string>{"{\"a\":" + text + "}", " { \"a\" : " + text + " } ",
                                  "{\"b\":1,\"a\":" + text + ",\"c\":2}",
                                  "{\"b\":" + text + ",\"c\":" + text + ",\"a\":" + text + "}",
                                  "{\"a\":" + text + ",\"b\":{\"a\":1},\"c\":[\"a\"]}"}) {
      CAPTURE(object);
      const json::value value = find(object, "a\0");
      CHECK(value.kind == c.kind);
      CHECK(value.text == c.found);
      CHECK_FALSE(value.repeated);
      CHECK(value.text.data() >= object.data());
      CHECK(value.text.data() + value.text.size() < object.data() + object.size());
    }
  }
}

TEST_CASE("json: a missing member is absent" CODE_SIZE) {
  for (const char* const text :
       {"{}", R"({"b":1})", R"({"A":1})", R"({"aa":1})", R"({"":1})", R"({"a\u0000":1})",
        R"({"b":"a"})", R"({"b":{"a":1}})", R"({"b":[{"a":1}]})", R"({"":{"a":1}})",
        R"({"b":{"a":1},"c":{"a":2}})", R"({"b":{"":{"a":1}}})", R"({"b":"\"a\":1"})",
        R"({"b":"{\"a\":1}"})", R"({"b":{"c":{"a":1}}})"}) {
    CAPTURE(text);
    const json::value value = find(text, "a\0");
    CHECK(value.kind == kind::absent);
    CHECK(value.text.empty());
    CHECK_FALSE(value.repeated);
  }
  CHECK(find(R"({"b":{"a":1},"a":2,"c":{"a":3}})", "a\0").text == "2");
  CHECK_FALSE(find(R"({"b":{"a":1},"a":2,"c":{"a":3}})", "a\0").repeated);
}

TEST_CASE("json: nested members are found by extracting from the outer member's text" CODE_SIZE) {
  const auto inner = [](std::string_view text) {
    json::value code;
    const json::value error = find(text, "error\0");
    return json::extract(error.text, "code\0", &code) ? std::string(code.text) : "none";
  };
  CHECK(inner(R"({"error":{"code":"x"}})") == "x");
  CHECK(inner(R"({"code":"y","error":{"message":"z","code":"x"},"a":{"code":"w"}})") == "x");
  CHECK(inner(R"({"\u0065rror":{"c\u006fde":"x"}})") == "x");
  CHECK(inner(R"({"error":{"a":{"code":"x"}}})") == "");
  for (const char* const text :
       {R"({"code":"x"})", R"({"error":"code"})", R"({"error":[{"code":"x"}]})",
        R"({"error":"{\"code\":1}"})", R"({"error":null})", R"({"a":{"error":{"code":"x"}}})"}) {
    CAPTURE(text);
    CHECK(inner(text) == "none");
  }
}

TEST_CASE("json: a name is compared after its escapes are decoded" CODE_SIZE) {
  constexpr const char* token = "access_token\0";
  CHECK(find(R"({"acc\u0065ss_token":"x"})", token).text == "x");
  CHECK(find(R"({"\u0061\u0063\u0063\u0065\u0073\u0073\u005F\u0074\u006f\u006B\u0065\u006e":"x"})",
             token)
            .text == "x");
  CHECK(find(R"({"access\u005ftoken":1,"access_token":2})", token).repeated);
  CHECK(find(R"({"access\\u005ftoken":"x"})", token).kind == kind::absent);
  CHECK(find(R"({"access_token\n":"x"})", token).kind == kind::absent);
  CHECK(find(R"({"access_toke":1})", token).kind == kind::absent);
  CHECK(find(R"({"access_token\u0000":1})", token).kind == kind::absent);
  CHECK(find(R"({"access_token\u0000a":1})", "access_token\0a\0").kind == kind::absent);
  CHECK(find(R"({"\"\\\/\b\f\n\r\t":7})", "\"\\/\b\f\n\r\t\0").text == "7");
  CHECK(find(R"({"\u00e9":1})", "\xc3\xa9\0").text == "1");
  CHECK(find(R"({"\u20ac":1})", "\xe2\x82\xac\0").text == "1");
  CHECK(find(R"({"\ud83d\ude00":1})", "\xf0\x9f\x98\x80\0").text == "1");
  CHECK(find("{\"\xf0\x9f\x98\x80\":1}", "\xf0\x9f\x98\x80\0").text == "1");
  CHECK(find(R"({"\ud83d\ude00":1})", "\xf0\x9f\x98\x81\0").kind == kind::absent);
}

TEST_CASE("json: name_case::ignored ignores the case of ASCII letters" CODE_SIZE) {
  const auto is_found = [](std::string_view object) {
    CHECK(find(object, "message\0").kind == kind::absent);
    return find(object, "message\0", json::name_case::ignored).kind == kind::number;
  };
  CHECK(is_found(R"({"Message":1})"));
  CHECK(is_found(R"({"MESSAGE":1})"));
  CHECK(is_found(R"({"\u004dessag\u0045":1})"));
  for (const char* const text : {R"({"Messag":1})", R"({"Messages":1})", R"({"Mess\u00e4ge":1})",
                                 R"({"MES\u017fAGE":1})", R"({"Message\u0000":1})"}) {
    CHECK_FALSE(is_found(text));
  }
  const auto in_any_case = json::name_case::ignored;
  CHECK(find(R"({"message":1,"Message":2})", "message\0", in_any_case).repeated);
  CHECK(find(R"({"[":1})", "{\0", in_any_case).kind == kind::absent);
  CHECK(find("{\"\xc3\x89\":1}", "\xc3\xa9\0", in_any_case).kind == kind::absent);
}

TEST_CASE("json: the last of repeated members counts, and the repetition is reported" CODE_SIZE) {
  const json::value twice = find(R"({"a":1,"b":2,"a":"3"})", "a\0");
  CHECK(twice.repeated);
  CHECK(twice.kind == kind::string);
  CHECK(twice.text == "3");
  CHECK(find(R"({"a":1,"a":2,"a":3})", "a\0").repeated);
  CHECK(find(R"({"a":null,"a":null})", "a\0").repeated);
  CHECK(find(R"({"a":{},"a":[]})", "a\0").repeated);
  CHECK_FALSE(find(R"({"a":1,"b":2,"b":3})", "a\0").repeated);
  CHECK_FALSE(find(R"({"a":1,"b":{"a":3}})", "a\0").repeated);
}

TEST_CASE("json: several names are extracted at once" CODE_SIZE) {
  json::value values[4];
  REQUIRE(json::extract(R"({"b":[{"a":9}],"a":{"c":"x\n"},"ab":5,"e":{"d":4}})", "a\0b\0ab\0d\0",
                        values));
  CHECK(values[0].text == R"({"c":"x\n"})");
  CHECK(values[1].text == R"([{"a":9}])");
  CHECK(values[2].text == "5");
  CHECK(values[3].kind == kind::absent);
  CHECK(json::extract(R"({"a":1})", "", values));  // No name: the text is only validated.
  CHECK_FALSE(json::extract(R"({"a":1)", "", values));
}

TEST_CASE("json: only one valid object gives members" CODE_SIZE) {
  for (const char* const text : {"",
                                 " ",
                                 "{",
                                 "}",
                                 R"({"a":1)",
                                 R"({"a":1,})",
                                 R"({,"a":1})",
                                 R"({"a":1}})",
                                 R"({"a":01})",
                                 R"({"a":"x"}{"a":"y"})",
                                 R"({"a":1 "b":2})",
                                 R"({"a" 1})",
                                 R"({a:1})",
                                 R"({1:1})",
                                 R"({"a":})",
                                 R"({"a":1,,"b":2})",
                                 R"({"a":1]})",
                                 "{\"a\":\"\x01\"}",
                                 R"({"a":"\ud800"})",
                                 R"({"\ud800":1})",
                                 R"({"b":[1,]})",
                                 R"({"b":{"c"}})",
                                 R"(["a",1])",
                                 R"([{"a":1}])",
                                 R"("a")",
                                 "1",
                                 "null",
                                 "[]"}) {
    CAPTURE(text);
    json::value value;
    CHECK_FALSE(json::extract(text, "a\0", &value));
  }
  json::value value;
  CHECK_FALSE(json::extract({}, "a\0", &value));
  CHECK_FALSE(json::extract(std::string_view("{}\0", 3), "a\0", &value));
}

// --- Items ---------------------------------------------------------------------------------------

namespace {

/// Each item as text, then whether the text was valid.
std::string walk(std::string_view text) {
  std::string seen;
  json::items items(text);
  while (items.next()) {
    seen += std::string(items.name()) + "=" + std::string(items.value().text) + ";";
    if (items.value().kind == kind::absent) seen += " (absent)";
    if (seen.size() > 1000) return "it does not end";
  }
  CHECK_FALSE(items.next());  // The walk stays at the end.
  if (items.is_valid()) seen += items.is_object() ? " object" : " array";
  return seen;
}

}  // namespace

TEST_CASE("json items: members and elements of each kind at each position" CODE_SIZE) {
  CHECK(walk("[]") == " array");
  CHECK(walk(" [ ] ") == " array");
  CHECK(walk("{}") == " object");
  CHECK(walk("\t{\n}\r ") == " object");
  for (const kind_case& c : kinds) {
    const std::string text = c.text;
    const std::string found = c.found;
    CAPTURE(text);
    CHECK(walk("[" + text + "]") == "=" + found + "; array");
    CHECK(walk(" [ 1 , " + text + " , 2 ] ") == "=1;=" + found + ";=2; array");
    CHECK(walk("{\"n\":" + text + "}") == "n=" + found + "; object");
    CHECK(walk("{ \"\\n\" : " + text + " , \"\":" + text + "}") ==
          "\\n=" + found + ";=" + found + "; object");
  }
}

TEST_CASE("json items: only an array or an object has items" CODE_SIZE) {
  for (const kind_case& c : kinds) {
    const std::string text = "{\"a\":" + std::string(c.text) + "}";
    CAPTURE(text);
    json::items items(find(text, "a\0"));
    const bool has_item = items.next();
    CHECK(has_item == (std::string_view(c.text).size() > 2 && c.kind >= kind::array));
    if (c.kind < kind::array) CHECK_FALSE(items.is_valid());
  }
  CHECK_FALSE(json::items(json::value{}).next());
  json::value looks_like_an_array;
  looks_like_an_array.text = "[1";
  looks_like_an_array.kind = kind::string;
  CHECK_FALSE(json::items(looks_like_an_array).next());
}

TEST_CASE("json items: a malformed text ends the walk and is not valid" CODE_SIZE) {
  const struct {
    const char* text;
    const char* seen;
  } malformed[] = {
      {"", ""},
      {" ", ""},
      {"1", ""},
      {R"("[1]")", ""},
      {"]", ""},
      {"[", ""},
      {"[1", "=1;"},
      {"[1,", "=1;"},
      {"[1,]", "=1;"},
      {"[,1]", ""},
      {"[1 2]", "=1;"},
      {"[1,,2]", "=1;"},
      {"[1}", "=1;"},
      {"[1]]", "=1;"},
      {"[1] x", "=1;"},
      {"[1][2]", "=1;"},
      {"[1,[2]", "=1;=[2];"},
      {"[1,\"a", "=1;"},
      {"[1,01]", "=1;=0;"},
      {"[nul]", ""},
      {R"([{"a":1)", ""},
      {"{", ""},
      {"{1:2}", ""},
      {R"({"a")", ""},
      {R"({"a":)", ""},
      {R"({"a":1)", "a=1;"},
      {R"({"a":1,})", "a=1;"},
      {R"({"a":1,"b"})", "a=1;"},
      {R"({"a":1,"b":})", "a=1;"},
      {R"({"a":1]})", "a=1;"},
      {R"({"a":1}})", "a=1;"},
  };
  for (const auto& c : malformed) {
    CAPTURE(c.text);
    CHECK(walk(c.text) == c.seen);
  }
  CHECK(walk(std::string_view("[]\0", 3)) == "");
}

TEST_CASE("json items: a truncated text is not valid" CODE_SIZE) {
  const std::string whole = R"([ {"a":[1,"\u00e9"]} , "b", -1.5e7 , null, {} , [[ ]] ])";
  CHECK(walk(whole).find(" array") != std::string::npos);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(walk(whole.substr(0, size)).find(" array") == std::string::npos);
  }
}

// --- Strings -------------------------------------------------------------------------------------

TEST_CASE("json: unescape() decodes a string in place" CODE_SIZE) {
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

TEST_CASE("json: unescape() decodes each code point written with \\u" CODE_SIZE) {
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
    const bool raw_is_valid = c < 0x20 || c == '"' || c == '\\' || is_valid("\"" + plain + "\"");
    if (decoded != c || !raw_is_valid || !is_valid("\"" + escaped + "\"")) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("json: a surrogate outside a pair is not valid" CODE_SIZE) {
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
      if (is_valid("\"" + escape(first) + escape(second) + "\"") != expected) ++wrong;
    }
  }
  CHECK(wrong == 0);
}
