// SPDX-License-Identifier: MIT
// Each reader of the agent's JSON, with a value of each kind in place of each member. If a reader
// hangs, the test's time limit ends it.

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <arc_identity/core.hpp>
#include <arc_identity/instance_metadata.hpp>
#include <arc_identity/testing/manual_clock.hpp>
#include <arc_identity/testing/memory_key_files.hpp>
#include <arc_identity/testing/scripted_transport.hpp>

#include "support/agent_texts.hpp"
#include "support/json_kinds.hpp"
#include "support/message.hpp"

namespace {

namespace json = arc_identity::json;
using arc_identity::errc;
using arc_identity::instance_metadata;
using arc_identity::managed_identity_id;
using arc_identity::token_response;
using json::kind;
using std::chrono::seconds;
using test::json_member;
using test::json_object;
using test::json_text;
using test::json_texts;

using client_type = arc_identity::basic_client<arc_identity::testing::scripted_transport,
                                               arc_identity::testing::manual_clock,
                                               arc_identity::testing::memory_key_files>;

/// The result of a client whose agent answers with `status` and `body`.
struct answered {
  explicit answered(int status, const std::string& body) {
    options.endpoint = "http://127.0.0.1:40342";
    options.max_attempts = 1;
    agent.on_receive(agent_texts::response(status, "", body));
  }

  client_type client() { return client_type(options, agent); }

  /// A failure's message.
  std::string message() {
    const auto result = client().get_token({"https://vault.azure.net"}, workspace);
    REQUIRE_FALSE(result);
    CHECK(test::is_fit_to_print(result.error()));
    return result.error().message();
  }

  arc_identity::result<instance_metadata> metadata() {
    return client().get_document<instance_metadata>(workspace);
  }

  arc_identity::options options{};
  arc_identity::testing::scripted_transport agent{};
  std::vector<char> workspace = std::vector<char>(16 * 1024);
};

/// The number of items in a walk. Checks that each lies in the text and is valid JSON.
template <class Container>
std::size_t walk(const Container& container, std::string_view text) {
  json::items items(container);
  std::size_t count = 0;
  while (items.next()) {
    REQUIRE(++count <= text.size());
    const std::string_view one = items.value().text;
    const bool is_string = items.value().kind == kind::string;
    CHECK(json::is_valid(is_string ? "\"" + std::string(one) + "\"" : std::string(one)));
    CHECK(one.data() >= text.data());
    CHECK(one.data() + one.size() <= text.data() + text.size());
  }
  CHECK_FALSE(items.next());
  return count;
}

/// The member `name`: with the value `given` if it is the one at `place`, otherwise with `right`.
json_text chosen(const char* name, const char* right, const std::string& place,
                 const json_text& given) {
  return place == name ? given : json_text{kind::string, right};
}

}  // namespace

TEST_CASE("json kinds: the table has all seven kinds") {
  std::set<kind> kinds;
  for (const json_text& value : json_texts()) {
    kinds.insert(value.kind);
    CHECK(json::find(value.text, "").kind == value.kind);
  }
  CHECK(kinds.size() == 7);
}

// --- Arrays --------------------------------------------------------------------------------------

TEST_CASE("json kinds: only an array or an object has items") {
  for (const json_text& value : json_texts()) {
    CAPTURE(value.text);
    const std::string document = json_object({json_member("a", value)});
    const json::value found = json::find(document, "a");
    const std::size_t count = walk(found, document);
    if (value.kind >= kind::array) {
      CHECK(count == walk(std::string_view(value.text), value.text));
      CHECK((count == 0) == (value.text.size() == 2));
    } else {
      CHECK(count == 0);
    }
  }
}

TEST_CASE("json kinds: the walk over a text that is not an array ends inside the text") {
  for (const json_text& value : json_texts()) {
    CAPTURE(value.text);
    walk(std::string_view(value.text), value.text);
    walk(std::string_view(value.meaning), value.meaning);
    const std::string array = "[" + value.text + (value.text.empty() ? "" : ",") + "1]";
    for (std::size_t size = 0; size <= array.size(); ++size) {
      const std::string cut = array.substr(0, size);
      walk(std::string_view(cut), cut);
    }
  }
  const struct {
    const char* text;
    std::size_t before_the_flaw;
  } flawed[] = {{"[", 0},    {"[ ", 0},     {"[1", 1},     {"[1,", 1},    {"[1, ", 1},
                {"[1 ", 1},  {"[1 22]", 1}, {"[,]", 0},    {"[,1]", 0},   {"[1,]", 1},
                {"[1]]", 1}, {"[1]x", 1},   {"[1x,2]", 1}, {"[\"", 0},    {"[[[", 0},
                {"[1}", 1},  {"]", 0},      {" [1]", 1},   {"[1,,2]", 1}, {"[1:2]", 1}};
  for (const auto& one : flawed) {
    CAPTURE(one.text);
    CHECK(walk(std::string_view(one.text), one.text) == one.before_the_flaw);
  }
}

TEST_CASE("json kinds: a path leads only through objects and arrays") {
  for (const json_text& value : json_texts()) {
    CAPTURE(value.text);
    const std::string document = json_object({json_member("a", value)});
    CHECK(json::find(document, "a").kind == value.kind);
    if (value.kind != kind::object) CHECK(json::find(document, "a.a").kind == kind::absent);
    if (value.kind != kind::array) CHECK(json::find(document, "a[0]").kind == kind::absent);
  }
}

// --- The token -----------------------------------------------------------------------------------

namespace {

/// A token response with `given` as the member `place`.
std::string token_with(const std::string& place, const json_text& given) {
  std::vector<std::string> members;
  const struct {
    const char* name;
    const char* right;
  } all[] = {
      {"access_token", R"("t0")"}, {"token_type", R"("Bearer")"},     {"resource", R"("r")"},
      {"expires_in", R"("3600")"}, {"expires_on", R"("1790003600")"}, {"not_before", "0"},
      {"client_id", R"("text")"},  {"object_id", R"("text")"},        {"msi_res_id", R"("text")"},
      {"mi_res_id", R"("text")"}};
  for (const auto& one : all) {
    members.push_back(json_member(one.name, chosen(one.name, one.right, place, given)));
  }
  return json_object(members);
}

arc_identity::result<token_response> parse(std::string& body, managed_identity_id identity = {}) {
  return token_response::parse(body, identity, seconds(1'790'000'000));
}

bool is_seconds(const json_text& value) { return value.text == "7" || value.meaning == "7"; }

}  // namespace

TEST_CASE("json kinds: the access_token must be a string") {
  for (const json_text& value : json_texts()) {
    CAPTURE(value.text);
    std::string body = token_with("access_token", value);
    const auto token = parse(body);
    const bool is_usable = !value.meaning.empty() && value.meaning.find(' ') == std::string::npos;
    CHECK(token.has_value() == is_usable);
    if (token) CHECK(token->access_token == value.meaning);
    if (!token) CHECK(token.error().code() == errc::invalid_token_response);
  }
}

TEST_CASE("json kinds: a token_type of null counts as absent, other values are not Bearer") {
  for (const json_text& value : json_texts()) {
    CAPTURE(value.text);
    std::string body = token_with("token_type", value);
    CHECK(parse(body).has_value() == value.is_null_or_absent());
  }
}

TEST_CASE("json kinds: a resource that is not a string is empty") {
  for (const json_text& value : json_texts()) {
    CAPTURE(value.text);
    std::string body = token_with("resource", value);
    const auto token = parse(body);
    REQUIRE(token);
    CHECK(token->resource == value.meaning);
  }
}

TEST_CASE("json kinds: an expiry is a number or a numeric string; null counts as absent") {
  for (const char* const place : {"expires_in", "expires_on"}) {
    for (const json_text& value : json_texts()) {
      CAPTURE(place);
      CAPTURE(value.text);
      std::string body = token_with(place, value);
      const auto token = parse(body);
      const bool is_past = value.text == "0" || value.text == "-1" ||
                           (is_seconds(value) && place == std::string("expires_on"));
      CHECK(token.has_value() == !is_past);
      if (token) CHECK(token->lifetime == seconds(is_seconds(value) ? 7 : 3600));
    }
  }
}

TEST_CASE("json kinds: only a string confirms an identity") {
  const managed_identity_id identities[] = {managed_identity_id::client_id("text"),
                                            managed_identity_id::object_id("text"),
                                            managed_identity_id::resource_id("text")};
  for (const managed_identity_id& identity : identities) {
    for (const char* const place : {"client_id", "object_id", "msi_res_id", "mi_res_id"}) {
      for (const json_text& value : json_texts()) {
        CAPTURE(identity.parameter());
        CAPTURE(place);
        CAPTURE(value.text);
        std::string body = token_with(place, value);
        const auto token = parse(body, identity);
        const bool is_its_own =
            place == std::string(identity.parameter()) ||
            (place == std::string("mi_res_id") && identity.parameter() == "msi_res_id");
        // the other spelling of a resource id confirms it as well
        const bool other_confirms =
            identity.parameter() == "msi_res_id" && value.is_null_or_absent();
        CHECK(token.has_value() == (!is_its_own || value.meaning == "text" || other_confirms));
        if (!token) CHECK(token.error().code() == errc::identity_not_confirmed);
      }
    }
  }
}

TEST_CASE("json kinds: other members of a token response may be anything") {
  for (const json_text& value : json_texts()) {
    CAPTURE(value.text);
    std::string body = token_with("not_before", value);
    CHECK(parse(body));
  }
}

TEST_CASE("json kinds: a token response that is not an object is rejected") {
  for (const json_text& value : json_texts()) {
    CAPTURE(value.text);
    std::string body = value.text;
    const auto token = parse(body);
    REQUIRE_FALSE(token);
    CHECK(token.error().code() == errc::invalid_token_response);
  }
}

// --- The agent's errors --------------------------------------------------------------------------

TEST_CASE("json kinds: an agent's error is reported with members of each kind") {
  for (const int status : {400, 401, 404, 503}) {
    for (const char* const place : {"error", "error_description", "message", "correlationId",
                                    "error.code", "error.message", "statusCode"}) {
      for (const json_text& value : json_texts()) {
        CAPTURE(status);
        CAPTURE(place);
        CAPTURE(value.text);
        const std::string path = place;
        const bool is_inner = path.compare(0, 6, "error.") == 0;
        const std::string member = json_member(is_inner ? path.substr(6) : path, value);
        const std::string body = json_object({is_inner ? "\"error\":{" + member + "}" : member});
        const std::string message = answered(status, body).message();
        CHECK(agent_texts::contains(message, "HTTP " + std::to_string(status)));
        const bool is_known = path != "statusCode";
        if (is_known && !value.meaning.empty())
          CHECK(agent_texts::contains(message, value.meaning));
      }
    }
  }
}

TEST_CASE("json kinds: an agent's error that is a single value is reported") {
  for (const json_text& value : json_texts()) {
    CAPTURE(value.text);
    CHECK(agent_texts::contains(answered(400, value.text).message(), "refused the request"));
    CHECK(agent_texts::contains(answered(503, value.text).message(), "temporarily unavailable"));
  }
}

// --- Metadata ------------------------------------------------------------------------------------

namespace {

using text_getter = std::string_view (instance_metadata::*)() const noexcept;
const struct {
  const char* name;
  text_getter get;
} machine_texts[] = {{"name", &instance_metadata::name},
                     {"location", &instance_metadata::location},
                     {"resourceId", &instance_metadata::resource_id},
                     {"subscriptionId", &instance_metadata::subscription_id},
                     {"resourceGroupName", &instance_metadata::resource_group},
                     {"vmId", &instance_metadata::vm_id},
                     {"osType", &instance_metadata::os_type},
                     {"version", &instance_metadata::agent_version},
                     {"azEnvironment", &instance_metadata::cloud}};

/// All tags as "(name=value)".
std::string tags_of(const instance_metadata& machine) {
  std::string tags;
  machine.for_each_tag([&](const arc_identity::instance_tag& tag) {
    REQUIRE(tags.size() < 1000);
    tags += "(" + std::string(tag.name) + "=" + std::string(tag.value) + ")";
  });
  return tags;
}

std::string computed(const std::vector<std::string>& members) {
  return "{\"compute\":" + json_object(members) + "}";
}

}  // namespace

TEST_CASE("json kinds: a metadata member that is not a string is empty") {
  for (const auto& member : machine_texts) {
    for (const json_text& value : json_texts()) {
      CAPTURE(member.name);
      CAPTURE(value.text);
      answered agent(200, computed({json_member(member.name, value)}));
      const auto machine = agent.metadata();
      REQUIRE(machine);
      for (const auto& one : machine_texts) {
        CHECK(((*machine).*(one.get))() == (one.name == member.name ? value.meaning : ""));
      }
      CHECK(tags_of(*machine).empty());
    }
  }
}

TEST_CASE("json kinds: metadata requires compute to be an object, network may be anything") {
  for (const json_text& value : json_texts()) {
    CAPTURE(value.text);
    answered compute(200, json_object({json_member("compute", value)}));
    const auto machine = compute.metadata();
    CHECK(machine.has_value() == (value.kind == kind::object));
    if (machine) CHECK(tags_of(*machine).empty());
    if (!machine) CHECK(machine.error().code() == errc::invalid_json);
    answered network(200, json_object({R"("compute":{})", json_member("network", value)}));
    CHECK(network.metadata());
    answered whole(200, value.text);
    CHECK_FALSE(whole.metadata());
  }
}

TEST_CASE("json kinds: only an array has tags, one for each element") {
  for (const json_text& value : json_texts()) {
    CAPTURE(value.text);
    answered agent(200, computed({R"("name":"m")", json_member("tagsList", value)}));
    const auto machine = agent.metadata();
    REQUIRE(machine);
    CHECK(machine->name() == "m");
    const std::size_t count = value.text == "[]"            ? 0
                              : value.text == R"(["text"])" ? 1
                              : value.kind == kind::array   ? 5
                                                            : 0;
    CHECK(agent_texts::count(tags_of(*machine), "(=)") == count);
  }
}

TEST_CASE("json kinds: a tag's name or value that is not a string is empty") {
  for (const json_text& value : json_texts()) {
    CAPTURE(value.text);
    const std::string name = json_object({json_member("name", value), R"("value":"v")"});
    const std::string other = json_object({R"("name":"n")", json_member("value", value)});
    const std::string element = value.text.empty() ? "{}" : value.text;
    answered agent(200, computed({"\"tagsList\":[" + name + " , " + other + "," + element + "]"}));
    const auto machine = agent.metadata();
    REQUIRE(machine);
    CHECK(tags_of(*machine) == "(" + value.meaning + "=v)(n=" + value.meaning + ")(=)");
  }
}
