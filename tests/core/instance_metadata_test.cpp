// SPDX-License-Identifier: MIT
// The machine's metadata, with scripted policies.

#include <chrono>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <arc_identity/core.hpp>
#include <arc_identity/instance_metadata.hpp>
#include <arc_identity/testing/manual_clock.hpp>
#include <arc_identity/testing/memory_key_files.hpp>
#include <arc_identity/testing/scripted_transport.hpp>

#include "support/message.hpp"

namespace {

using namespace std::chrono_literals;
using arc_identity::errc;
using arc_identity::event_kind;
using arc_identity::instance_metadata;
using arc_identity::instance_tag;
using arc_identity::io_status;
using arc_identity::testing::manual_clock;
using arc_identity::testing::memory_key_files;
using arc_identity::testing::scripted_transport;

const std::string machine =
    R"({"compute":{"azEnvironment":"AzurePublicCloud","location":"westeurope","name":"machine",)"
    R"("osType":"Linux","resourceGroupName":"group","resourceId":"/subscriptions/s/machine",)"
    R"("subscriptionId":"s","tagsList":[{"name":"city","value":"K\u00f6ln"},)"
    R"({"value":"say \"hi\"","name":"say"}],"version":"1.67","vmId":"v"},"network":{}})";

std::string response(const std::string& body, const std::string& status = "200 OK",
                     const std::string& fields = "") {
  return "HTTP/1.1 " + status + "\r\n" + fields + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

struct stage {
  using client_type =
      arc_identity::basic_client<scripted_transport, manual_clock, memory_key_files>;

  arc_identity::result<instance_metadata> get() {
    options.observer = [](void* self, const arc_identity::event& event) {
      static_cast<stage*>(self)->events.push_back(event.kind);
    };
    options.observer_context = this;
    client_type client(options, agent, clock, key_files);
    auto result = client.get_document<instance_metadata>(workspace);
    CHECK_FALSE(agent.is_open());
    CHECK(key_files.opened().empty());
    if (!result) CHECK(test::is_fit_to_print(result.error()));
    return result;
  }

  instance_metadata get(const std::string& body) {
    agent.on_receive(response(body));
    const auto result = get();
    REQUIRE_MESSAGE(result, result.error().message());
    CHECK(result->json() == body);
    return *result;
  }

  arc_identity::error fail() {
    const auto result = get();
    REQUIRE_FALSE(result);
    return result.error();
  }

  arc_identity::options options;
  scripted_transport agent;
  manual_clock clock;
  memory_key_files key_files;
  std::vector<char> workspace = std::vector<char>(16 * 1024);
  std::vector<event_kind> events{};
};

}  // namespace

TEST_CASE("metadata: needs one request without key or resource") {
  stage run;
  run.get(machine);
  CHECK(run.agent.connections() == 1);
  CHECK(run.agent.sent(0) ==
        "GET /metadata/instance?api-version=2020-06-01 HTTP/1.1\r\n"
        "Host: localhost:40342\r\n"
        "User-Agent: arc_identity/" ARC_IDENTITY_VERSION
        "\r\n"
        "Metadata: true\r\n\r\n");
  CHECK(run.events == std::vector<event_kind>{event_kind::connected});
}

TEST_CASE("metadata: each member is read") {
  stage run;
  const instance_metadata found = run.get(machine);
  CHECK(found.name() == "machine");
  CHECK(found.location() == "westeurope");
  CHECK(found.resource_id() == "/subscriptions/s/machine");
  CHECK(found.subscription_id() == "s");
  CHECK(found.resource_group() == "group");
  CHECK(found.vm_id() == "v");
  CHECK(found.os_type() == "Linux");
  CHECK(found.agent_version() == "1.67");
  CHECK(found.cloud() == "AzurePublicCloud");
}

TEST_CASE("metadata: tags in any order and with escapes are read, and json() is unchanged") {
  stage run;
  const instance_metadata found = run.get(machine);
  for (int round = 0; round < 2; ++round) {
    std::vector<std::string> tags;
    found.for_each_tag([&](const instance_tag& tag) {
      tags.push_back(std::string(tag.name) + "=" + std::string(tag.value));
    });
    CHECK(tags == std::vector<std::string>{"city=K\xc3\xb6ln", "say=say \"hi\""});
    CHECK(found.json() == machine);
  }
}

TEST_CASE("metadata: views of escaped texts are independent") {
  stage run;
  const instance_metadata found =
      run.get(R"({"compute":{"name":"a\u0041","location":"b\u0042","vmId":"c\u0043"}})");
  const auto name = found.name();
  const auto location = found.location();
  const auto id = found.vm_id();
  CHECK(name == "aA");
  CHECK(location == "bB");
  CHECK(id == "cC");
}

TEST_CASE("metadata: missing members and members of another kind are empty") {
  for (const char* body :
       {R"({"compute":{}})", R"({"compute":{"name":1,"location":null,"tagsList":{}}})",
        R"({"compute":{"tagsList":"x"}, "name":"outside"})", R"({"compute":{"tagsList":[]}})"}) {
    CAPTURE(body);
    stage run;
    const instance_metadata found = run.get(body);
    CHECK(found.name() == "");
    CHECK(found.location() == "");
    int tags = 0;
    found.for_each_tag([&](const instance_tag&) { ++tags; });
    CHECK(tags == 0);
  }
}

TEST_CASE("metadata: tags of other kinds are empty pairs") {
  stage run;
  const instance_metadata found =
      run.get(R"({"compute":{"tagsList":[1,null,[],{},{"name":"n"},{"name":1,"value":"v"}]}})");
  std::string tags;
  found.for_each_tag([&](const instance_tag& tag) {
    tags += "(" + std::string(tag.name) + "," + std::string(tag.value) + ")";
  });
  CHECK(tags == "(,)(,)(,)(,)(n,)(,v)");
}

TEST_CASE("metadata: the agent's clock is reported if the agent sends Date") {
  stage run;
  CHECK(run.get(machine).agent_time() == 0s);
  run.agent.on_receive(response(machine, "200 OK", "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"));
  const auto dated = run.get();
  REQUIRE(dated);
  CHECK(dated->agent_time() == 784111777s);
}

TEST_CASE("metadata: only host and port of the options' endpoint are used") {
  stage run;
  run.options.endpoint = "http://127.0.0.2:99/other/path";
  run.get(machine);
  CHECK(run.agent.sent(0).find("GET /metadata/instance?") == 0);
  CHECK(run.agent.sent(0).find("Host: 127.0.0.2:99\r\n") != std::string::npos);
  CHECK(run.agent.peers().front().port == 99);
}

TEST_CASE("metadata: a challenge gives unexpected_status") {
  stage run;
  run.agent.on_receive(
      response(R"({"error":"unauthorized_client"})", "401 Unauthorized",
               "Www-Authenticate: Basic realm=/var/opt/azcmagent/tokens/a.key\r\n"));
  const auto error = run.fail();
  CHECK(error.code() == errc::unexpected_status);
  CHECK(error.http_status() == 401);
  CHECK(test::contains(error, "challenged a request that needs no key"));
  CHECK(test::contains(error, "unauthorized_client"));
  CHECK(run.agent.connections() == 1);
}

TEST_CASE("metadata: a refusal is reported with the agent's text") {
  stage run;
  run.agent.on_receive(response(R"({"error":"invalid_request","error_description":"no version"})",
                                "400 Bad Request"));
  const auto error = run.fail();
  CHECK(error.code() == errc::request_refused);
  CHECK(test::contains(error, "invalid_request: no version"));
  CHECK(test::contains(error, "Check the api_version"));
}

TEST_CASE("metadata: a busy agent is retried") {
  stage run;
  run.agent.on_receive(response("", "503 Busy", "Retry-After: 1\r\n"));
  run.get(machine);
  CHECK(run.agent.connections() == 2);
  CHECK(run.clock.slept() >= 1s);
  CHECK(run.events == std::vector<event_kind>{event_kind::connected, event_kind::retrying,
                                              event_kind::connected});
}

TEST_CASE("metadata: agent busy past total_timeout gives agent_unavailable") {
  stage run;
  run.options.total_timeout = 2s;
  for (int i = 0; i < 16; ++i) run.agent.on_receive(response("", "503 Busy"));
  const auto error = run.fail();
  CHECK(error.code() == errc::agent_unavailable);
  CHECK(test::contains(error, "temporarily unavailable"));
  CHECK(run.clock.slept() <= 2s);
}

TEST_CASE("metadata: no listener gives connection_refused") {
  stage run;
  for (int i = 0; i < 64; ++i) run.agent.on_connect({io_status::refused, 0, 111});
  const auto error = run.fail();
  CHECK(error.code() == errc::connection_refused);
  CHECK(error.system_error() == 111);
}

TEST_CASE("metadata: a lost connection is reopened") {
  stage run;
  run.agent.on_receive({io_status::lost, 0, 104});
  run.get(machine);
  CHECK(run.agent.connections() == 2);
}

TEST_CASE("metadata: other documents give invalid_json") {
  for (const char* body : {"", "{", "[]", "{}", "null", R"({"compute":1})", R"({"compute":[]})",
                           R"({"compute":{}} x)", R"({"network":{"compute":{}}})"}) {
    CAPTURE(body);
    stage run;
    run.agent.on_receive(response(body));
    const auto error = run.fail();
    CHECK(error.code() == errc::invalid_json);
    CHECK(test::contains(error, "not JSON with an object named compute (HTTP 200)"));  // No text.
  }
}

TEST_CASE("metadata: an error in a 200 is shown with the agent's text") {
  stage run;
  run.agent.on_receive(response(R"({"error":"busy","error_description":"loading","cid":"1"})"));
  const auto error = run.fail();
  CHECK(error.code() == errc::invalid_json);
  CHECK(test::contains(error, "not JSON with an object named compute: busy: loading (HTTP 200)"));
}

TEST_CASE("metadata: other statuses give unexpected_status") {
  stage run;
  run.agent.on_receive(response("", "302 Found", "Location: http://127.0.0.1:1/\r\n"));
  const auto error = run.fail();
  CHECK(error.code() == errc::unexpected_status);
  CHECK(test::contains(error, "an unexpected status"));
}

TEST_CASE("metadata: a workspace smaller than twice the document is too small") {
  stage run;
  const std::string answer = response(machine);
  run.workspace.resize(answer.size() + machine.size() - 1);
  run.agent.on_receive(answer);
  CHECK(run.fail().code() == errc::workspace_too_small);
  run.workspace.resize(answer.size() + machine.size());
  CHECK(run.get(machine).name() == "machine");
}

TEST_CASE("metadata: invalid options are refused before anything is sent") {
  stage run;
  run.options.max_attempts = 0;
  CHECK(run.fail().code() == errc::invalid_argument);
  run.options.max_attempts = 1;
  run.options.endpoint = "https://localhost";
  CHECK(run.fail().code() == errc::invalid_endpoint);
  CHECK(run.agent.connections() == 0);
}

TEST_CASE("metadata: verify_agent applies to metadata") {
  stage run;
  run.options.verify_agent = true;
  CHECK(run.fail().code() == errc::agent_not_verified);
  CHECK(run.agent.sent(0) == "");
}
