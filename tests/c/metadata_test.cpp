// SPDX-License-Identifier: MIT
//
// The machine's metadata, using only the caller's memory.

#include <string>
#include <vector>

#include "heap.hpp"
#include "support.hpp"

using agent_texts::contains;

namespace {

/// Answers the metadata request with `body`.
class metadata_agent {
 public:
  explicit metadata_agent(const std::string& body, int status = 200)
      : agent_([answer = agent_texts::response(status, "", body)](raw_connection& connection,
                                                                  std::size_t) {
          while (contains(connection.read_request(), "GET /metadata/instance?")) {
            connection.send(answer);
          }
        }) {}

  std::string url() const { return agent_.url(); }
  std::string key_directory() const { return "/nowhere"; }

 private:
  const raw_agent agent_;
};

const std::string document =
    R"({"compute":{"name":"a \"b\" \u00e9","vmId":7,"tagsList":[{"name":"n","value":""}]}})";

struct asked {
  asked(const metadata_agent& agent, const char* path, std::size_t capacity = 32 * 1024)
      : space(capacity, 'x') {
    const agent_options given(agent);
    text = {space.data(), capacity, 99};
    heap::allocations = 0;
    code = arc_identity_get_metadata(&given.options, path, &text, &error);
  }

  std::vector<char> space;
  arc_identity_text text = {};
  arc_identity_error error = {};
  int code = 0;
};

}  // namespace

TEST_CASE("C metadata: a string is decoded, another value is JSON, an empty path gives all") {
  const metadata_agent agent(document);
  const struct {
    const char* path;
    std::string value;
  } cases[] = {{"compute.name", "a \"b\" \xc3\xa9"},
               {"compute.vmId", "7"},
               {"compute.tagsList[0].value", ""},
               {"compute.tagsList[0]", R"({"name":"n","value":""})"},
               {"", document},
               {nullptr, document}};
  for (const auto& c : cases) {
    CAPTURE(c.value);
    const asked one(agent, c.path);
    CHECK(one.code == ARC_IDENTITY_OK);
    CHECK(one.error.code == ARC_IDENTITY_OK);
    CHECK(one.text.length == c.value.size());
    CHECK(std::string(one.text.text) == c.value);
    CHECK(heap::allocations == 0);
  }
}

TEST_CASE("C metadata: nothing at the path gives METADATA_NOT_FOUND and an empty text") {
  const metadata_agent agent(document);
  for (const char* path : {"compute.other", "compute.tagsList[1]", "compute..name"}) {
    CAPTURE(path);
    const asked one(agent, path);
    CHECK(one.code == ARC_IDENTITY_METADATA_NOT_FOUND);
    CHECK(contains(one.error.message, "no member at that path"));
    CHECK(one.text.length == 0);
    CHECK(one.space[0] == '\0');
  }
}

TEST_CASE("C metadata: a refusal or an invalid document gives its error") {
  const asked refused(metadata_agent(R"({"error":"no"})", 403), "compute.name");
  CHECK(refused.code == ARC_IDENTITY_REQUEST_REFUSED);
  CHECK(refused.error.http_status == 403);
  CHECK(refused.text.length == 0);
  CHECK(refused.space[0] == '\0');
  CHECK(asked(metadata_agent("[]"), nullptr).code == ARC_IDENTITY_INVALID_JSON);
}

TEST_CASE("C metadata: a buffer of any size gives a value or an error") {
  const metadata_agent agent(document);
  int found = 0;
  for (std::size_t capacity = 1; capacity < 1500; capacity += 37) {
    CAPTURE(capacity);
    const asked one(agent, nullptr, capacity);
    if (one.code == ARC_IDENTITY_OK) {
      CHECK(std::string(one.text.text) == document);
      ++found;
    } else {
      CHECK((one.code == ARC_IDENTITY_WORKSPACE_TOO_SMALL ||
             one.code == ARC_IDENTITY_RESPONSE_TOO_LARGE));
      CHECK(one.space[0] == '\0');
    }
  }
  CHECK(found > 0);
}

TEST_CASE("C metadata: invalid arguments are refused") {
  arc_identity_error error;
  arc_identity_text none = {nullptr, 0, 1};
  CHECK(arc_identity_get_metadata(nullptr, nullptr, nullptr, &error) ==
        ARC_IDENTITY_INVALID_ARGUMENT);
  CHECK(arc_identity_get_metadata(nullptr, nullptr, &none, &error) ==
        ARC_IDENTITY_INVALID_ARGUMENT);
  CHECK(none.length == 0);
  char space[10];
  arc_identity_text text = {space, sizeof space, 0};
  arc_identity_options options = ARC_IDENTITY_OPTIONS_INIT;
  options.size = 1;
  CHECK(arc_identity_get_metadata(&options, nullptr, &text, &error) ==
        ARC_IDENTITY_INVALID_ARGUMENT);
  CHECK(contains(error.message, "ARC_IDENTITY_OPTIONS_INIT"));
}
