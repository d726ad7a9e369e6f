// SPDX-License-Identifier: MIT
// Values selected by a path.

#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <arc_identity/core/json/path.hpp>

namespace {

namespace json = arc_identity::json;
using json::kind;

constexpr std::string_view machine = R"( {
  "compute": { "name" : "machine", "tagsList": [ {"name":"a","value":"1"}, {"name":"b"} ],
    "empty": [ ], "object": {}, "cores": 4, "on": true, "off": false, "none": null, "": {"x": 1} },
  "network": [[1, [2, 3]], "four" , {"five": "5"}],
  "twice": 1, "twice": 2,
  "esc\u0061ped": "a\"b" } )";

std::string at(std::string_view path, std::string_view text = machine) {
  return std::string(json::find(text, path).text);
}

bool is_absent(std::string_view path, std::string_view text = machine) {
  const json::value value = json::find(text, path);
  return value.kind == kind::absent && value.text.empty();
}

}  // namespace

TEST_CASE("json path: names give nested members") {
  CHECK(at("compute.name") == "machine");
  CHECK(json::find(machine, "compute.name").kind == kind::string);
  CHECK(at("compute.cores") == "4");
  CHECK(json::find(machine, "compute.cores").kind == kind::number);
  CHECK(json::find(machine, "compute.on").kind == kind::boolean);
  CHECK(json::find(machine, "compute.off").kind == kind::boolean);
  CHECK(json::find(machine, "compute.none").kind == kind::null);
}

TEST_CASE("json path: an index gives an array's element") {
  CHECK(at("compute.tagsList[0].value") == "1");
  CHECK(at("compute.tagsList[1].name") == "b");
  CHECK(at("network[0][1][1]") == "3");
  CHECK(at("network[1]") == "four");
  CHECK(at("network[2].five") == "5");
  CHECK(at("[1]", "[1, 2 ]") == "2");
  std::string many = "[0";
  for (int i = 1; i < 1000; ++i) many += "," + std::to_string(i);
  CHECK(at("[999]", many + "]") == "999");
}

TEST_CASE("json path: an object or array is returned whole") {
  CHECK(at("network[0]") == "[1, [2, 3]]");
  CHECK(at("compute.tagsList[1]") == R"({"name":"b"})");
  CHECK(at("compute.empty") == "[ ]");
  CHECK(json::find(machine, "compute.empty").kind == kind::array);
  CHECK(json::find(machine, "compute.object").kind == kind::object);
}

TEST_CASE("json path: an empty path gives the whole value without surrounding white space") {
  CHECK(at("", " [1] \n") == "[1]");
  CHECK(json::find(" \"a\" ", "").kind == kind::string);
  CHECK(at("", " \"a\" ") == "a");
}

TEST_CASE("json path: names are compared decoded, strings are returned undecoded") {
  CHECK(at("escaped") == R"(a\"b)");
  CHECK(at("\xc3\xa9", R"({"\u00e9":1})") == "1");
  CHECK(at(std::string_view("\0", 1), R"({"\u0000":1})") == "1");
}

TEST_CASE("json path: the last of two members with one name counts") { CHECK(at("twice") == "2"); }

TEST_CASE("json path: a missing value is absent") {
  for (const char* path :
       {"comput", "compute.names", "name", "compute.name.x", "compute.name[0]", "compute[0]",
        "network[3]", "network[0].x", "compute.empty[0]", "compute.object.x", "compute.x.name",
        "network.five", "network[999999999]"}) {
    CAPTURE(path);
    CHECK(is_absent(path));
  }
}

TEST_CASE("json path: a malformed path is absent") {
  for (const char* path : {".", ".compute", "compute.", "compute..name", "network.[0]", "network[",
                           "network[]", "network[0", "network[-1]", "network[+1]", "network[ 1]",
                           "network[1000000000]", "network[99999999999999999999]", "network[2]five",
                           "network[2]xfive", "network[a]", "network]", "[0"}) {
    CAPTURE(path);
    CHECK(is_absent(path));
  }
}

TEST_CASE("json path: an invalid text gives absent") {
  CHECK(is_absent("", ""));
  CHECK(is_absent("", " "));
  CHECK(is_absent("a", R"({"a":1)"));
  CHECK(is_absent("a", R"({"a":1,})"));
  CHECK(is_absent("a", R"({"a":1} x)"));
  CHECK(is_absent("a", std::string_view()));
}
