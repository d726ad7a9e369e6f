// SPDX-License-Identifier: MIT
//
// Compares JSON read with simdjson and by the library itself: the verdict and the views must be the
// same, for generated documents, all cases of tests/data/json, and each prefix of a text. Also a
// client with simdjson.
#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>

#include <arc_identity/core.hpp>
#include <arc_identity/testing/manual_clock.hpp>
#include <arc_identity/testing/memory_key_files.hpp>
#include <arc_identity/testing/scripted_transport.hpp>

#include "own_json.hpp"
#include "support/agent_texts.hpp"
#include "support/data_folder.hpp"
#include "support/json_documents.hpp"

#if !defined(ARC_IDENTITY_SIMDJSON)
#error "Compare it with simdjson, not with itself."
#endif

namespace {

namespace json = arc_identity::json;

constexpr char names[] = "access_token\0error\0code\0a\0";
constexpr std::size_t name_count = 4;

bool is_same(const test::own_value& own, const json::value& found) {
  return own.kind == static_cast<int>(found.kind) && own.repeated == found.repeated &&
         own.text.data() == found.text.data() && own.text.size() == found.text.size();
}

enum class verdict { valid, not_valid, differs };

verdict compare(std::string_view text) {
  const bool valid = test::own_is_valid(text);
  if (json::is_valid(text) != valid) return verdict::differs;
  for (const json::name_case name_case : {json::name_case::exact, json::name_case::ignored}) {
    test::own_value own[name_count];
    json::value found[name_count];
    const bool is_object =
        test::own_extract(text, names, own, name_count, name_case == json::name_case::ignored);
    if (json::extract(text, names, found, name_case) != is_object) return verdict::differs;
    for (std::size_t i = 0; is_object && i < name_count; ++i) {
      if (!is_same(own[i], found[i])) return verdict::differs;
    }
  }
  return valid ? verdict::valid : verdict::not_valid;
}

}  // namespace

TEST_CASE("simdjson: gives the same verdict and values") {
  test::json_generator generate(20260202);
  unsigned valid = 0;
  constexpr unsigned count = 200'000;
  for (unsigned i = 0; i < count; ++i) {
    std::string text = generate.document();
    if (i % 2 == 1) generate.damage(text);
    const verdict found = compare(text);
    if (found == verdict::differs) FAIL_CHECK("document " << i << ": " << test::visible(text));
    if (found == verdict::valid) ++valid;
  }
  CHECK(valid > count / 3);
  CHECK(valid < count * 9 / 10);
}

TEST_CASE("simdjson: the cases of tests/data/json, whole and truncated anywhere") {
  const auto files = test::read_data_folder("json");
  CHECK(files.size() > 100);
  for (const test::data_file& file : files) {
    const std::string text = test::decode(file.text, test::escapes::brackets_only);
    CAPTURE(file.name);
    CHECK(compare(text) != verdict::differs);
    for (std::size_t size = 0; size < text.size() && size < 200; ++size) {
      CAPTURE(size);
      CHECK(compare(text.substr(0, size)) != verdict::differs);
    }
  }
}

TEST_CASE("simdjson: numbers of any size, and text after a scalar") {
  for (const char* const text :
       {"99999999999999999999999999", R"({"a":99999999999999999999999999})", R"({"a":1e999})",
        R"({"a":-0})", R"({"a":0.00000000000000000000000000000001})", " true ", "null", "\"x\" ",
        "[1 , \"x\" , null ]"}) {
    CAPTURE(text);
    CHECK(compare(text) == verdict::valid);
  }
  for (const char* const text : {"1 2",
                                 "1,",
                                 "\"x\" 1",
                                 "\"x\"]",
                                 "true]",
                                 "{}{}",
                                 "{} {}",
                                 "[]]",
                                 "[],",
                                 "{}x",
                                 "[1]2",
                                 "[\"x\"y]",
                                 "[\"x\" y]",
                                 "[\"x\":1]",
                                 "[1:2]",
                                 R"({"a"b:1})",
                                 R"({"a" "b":1})",
                                 R"({"a",1})",
                                 R"({"a":1:2})",
                                 R"({"a":1,})",
                                 R"({"a":1 "b":2})",
                                 "[1 2]",
                                 "[truefalse]",
                                 "[1,]",
                                 "[,1]",
                                 "{]",
                                 "[}",
                                 R"({"a":"\x"})",
                                 R"({"\ud800":1})",
                                 "[01]",
                                 "[+1]",
                                 "nul"}) {
    CAPTURE(text);
    CHECK(compare(text) == verdict::not_valid);
  }
}

TEST_CASE("simdjson: nesting is accepted up to the limit") {
  const auto nested = [](std::size_t depth, char open, char close) {
    return std::string(depth, open) + std::string(depth, close);
  };
  const auto member = [](const std::string& value) { return "{\"a\":" + value + "}"; };
  CHECK(compare(nested(512, '[', ']')) == verdict::valid);
  CHECK(compare(nested(513, '[', ']')) == verdict::not_valid);
  CHECK(compare(nested(5000, '[', ']')) == verdict::not_valid);
  CHECK(compare(member(nested(511, '[', ']'))) == verdict::valid);
  CHECK(compare(member(nested(512, '[', ']'))) == verdict::not_valid);
  CHECK(compare("[" + member("{}") + " , [ ] ]") == verdict::valid);
}

TEST_CASE("simdjson: a client with it gives a token") {
  namespace testing = arc_identity::testing;
  testing::scripted_transport agent;
  testing::memory_key_files key_files;
  key_files.add(agent_texts::key_path, agent_texts::key);
  agent.on_receive(agent_texts::challenge());
  agent.on_receive(agent_texts::token_response(R"(,"later":1e999)"));
  arc_identity::basic_client<testing::scripted_transport, testing::manual_clock,
                             testing::memory_key_files>
      client({}, agent, testing::manual_clock{}, key_files);
  char workspace[4096];
  const auto token = client.get_token({"https://vault.azure.net"}, workspace);
  REQUIRE_MESSAGE(token, token.error().message());
  CHECK(token->access_token == agent_texts::token);
}
