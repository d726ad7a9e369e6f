// SPDX-License-Identifier: MIT
/// Values of each of JSON's seven kinds (`absent` is one), for tests that use each of them as the
/// value of each member. Needs no exceptions.
#pragma once

#include <string>
#include <vector>

#include <arc_identity/core/json.hpp>

namespace test {

/// A value as written in a document. With the kind `absent`, the member is omitted.
struct json_text {
  arc_identity::json::kind kind;
  std::string text;
  std::string meaning{};  ///< the decoded string; empty for other kinds

  bool is_null_or_absent() const {
    return kind == arc_identity::json::kind::null || kind == arc_identity::json::kind::absent;
  }
};

/// At least one of each kind. Some strings look like values of another kind.
inline std::vector<json_text> json_texts() {
  using arc_identity::json::kind;
  return {
      {kind::absent, ""},
      {kind::null, "null"},
      {kind::boolean, "true"},
      {kind::boolean, "false"},
      {kind::number, "0"},
      {kind::number, "-1"},
      {kind::number, "7"},
      {kind::number, "1.5e3"},
      {kind::string, R"("")", ""},
      {kind::string, R"("text")", "text"},
      {kind::string, R"("7")", "7"},
      {kind::string, R"("false")", "false"},
      {kind::string, R"("null")", "null"},
      {kind::string, R"("[1")", "[1"},
      {kind::string, R"("[1,")", "[1,"},
      {kind::string, R"("[1 2]")", "[1 2]"},
      {kind::string, R"("[")", "["},
      {kind::string, R"("[ ")", "[ "},
      {kind::string, R"("[]")", "[]"},
      {kind::string, R"("{")", "{"},
      {kind::string, R"("[\"a\"]")", "[\"a\"]"},
      {kind::string, R"("\u0041[")", "A["},
      {kind::array, "[]"},
      {kind::array, R"(["text"])"},
      {kind::array, R"([1,"a",{},[[]],null])"},
      {kind::object, "{}"},
      {kind::object, R"({"a":1})"},
      {kind::object, R"({"code":1,"message":["m"],"name":[],"value":{}})"},
  };
}

/// `"name":text`; empty for an absent value.
inline std::string json_member(const std::string& name, const json_text& value) {
  return value.kind == arc_identity::json::kind::absent ? "" : "\"" + name + "\":" + value.text;
}

/// An object of these members, some of which may be absent.
inline std::string json_object(const std::vector<std::string>& members) {
  std::string text;
  for (const std::string& member : members) {
    if (member.empty()) continue;
    text += (text.empty() ? "" : ",") + member;
  }
  return "{" + text + "}";
}

}  // namespace test
