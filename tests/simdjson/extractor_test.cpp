// SPDX-License-Identifier: MIT
//
// The extractor of json/simdjson.hpp against the library's own: the same verdict and the same
// views, over documents of a generator, over all cases of tests/data/json, and wherever a text is
// cut off; and a client that uses it.
#include <doctest/doctest.h>

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

#include <arc_identity/core.hpp>
#include <arc_identity/json/simdjson.hpp>
#include <arc_identity/testing/manual_clock.hpp>
#include <arc_identity/testing/memory_key_files.hpp>
#include <arc_identity/testing/scripted_transport.hpp>

#include "support/agent_texts.hpp"
#include "support/data_folder.hpp"
#include "support/json_documents.hpp"

namespace {

namespace json = arc_identity::json;

constexpr json::field fields[] = {{"access_token"}, {"error"}, {"code", "error"}, {"a"}, {""}};
constexpr std::size_t field_count = std::size(fields);

bool is_same(const json::value& a, const json::value& b) {
  if (a.kind != b.kind || a.repeated != b.repeated || a.escaped != b.escaped) return false;
  if (a.kind == json::kind::object || a.kind == json::kind::array) return true;
  return a.text.data() == b.text.data() && a.text.size() == b.text.size();
}

enum class verdict { valid, not_valid, differs };

template <std::size_t MaxDepth = 512>
verdict compare(std::string_view text) {
  json::value own[field_count];
  json::value theirs[field_count];
  const bool valid = json::extractor::extract<MaxDepth>(text, fields, own);
  if (json::simdjson_extractor::extract<MaxDepth>(text, fields, theirs) != valid) {
    return verdict::differs;
  }
  if (!valid) return verdict::not_valid;
  for (std::size_t i = 0; i < field_count; ++i) {
    if (!is_same(own[i], theirs[i])) return verdict::differs;
  }
  return verdict::valid;
}

struct traits : arc_identity::default_traits {
  using json_extractor = json::simdjson_extractor;
};

}  // namespace

TEST_CASE("simdjson extractor: the same verdict and the same values") {
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

TEST_CASE("simdjson extractor: the cases of tests/data/json, and each cut off anywhere") {
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

TEST_CASE("simdjson extractor: numbers of any size, and what follows a scalar") {
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

TEST_CASE("simdjson extractor: nesting to the limit") {
#if defined(__SANITIZE_ADDRESS__)  // Recursion takes many times the stack there.
  constexpr std::size_t deep = 600;
#else
  constexpr std::size_t deep = 2000;
#endif
  const auto nested = [](std::size_t depth, char open, char close) {
    return std::string(depth, open) + std::string(depth, close);
  };
  CHECK(compare<512>(nested(512, '[', ']')) == verdict::valid);
  CHECK(compare<512>(nested(513, '[', ']')) == verdict::not_valid);
  CHECK(compare<deep>(nested(deep, '[', ']')) == verdict::valid);
  CHECK(compare<deep>(nested(deep + 1, '[', ']')) == verdict::not_valid);
  CHECK(compare<1>(R"({"a":1})") == verdict::valid);
  CHECK(compare<1>(R"({"a":{}})") == verdict::not_valid);
  CHECK(compare<2>(R"({"error":{"code":"x"}})") == verdict::valid);
}

TEST_CASE("simdjson extractor: a client that uses it") {
  namespace testing = arc_identity::testing;
  testing::scripted_transport agent;
  testing::memory_key_files key_files;
  key_files.add(agent_texts::key_path, agent_texts::key);
  agent.on_receive(agent_texts::challenge());
  agent.on_receive(agent_texts::token_response(R"(,"later":1e999)"));
  arc_identity::basic_client<testing::scripted_transport, testing::manual_clock,
                             testing::memory_key_files, traits>
      client({}, agent, testing::manual_clock{}, key_files);
  char workspace[4096];
  const auto token = client.get_token({"https://vault.azure.net"}, workspace);
  REQUIRE_MESSAGE(token, token.error().message());
  CHECK(token->access_token == agent_texts::token);
}
