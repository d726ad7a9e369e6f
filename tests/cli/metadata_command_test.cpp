// SPDX-License-Identifier: MIT
//
// `arc-identity metadata` run as by a user.

#include <doctest/doctest.h>

#include <arc_identity/core/json.hpp>
#include <string>
#include <vector>

#include "program.hpp"
#include "simulate/simulated_agent.hpp"
#include "support/agent_texts.hpp"
#include "support/raw_agent.hpp"

namespace {

using strings = std::vector<std::string>;
using arc_identity_cli::simulated_agent;

/// A run of the program against a simulated agent.
program_run ask(const strings& arguments, user as = user::same) {
  simulated_agent agent;
  REQUIRE(agent.start() == "");
  strings words = {"metadata"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return run_program(
      words, {{"IDENTITY_ENDPOINT", agent.endpoint()}, {"IMDS_ENDPOINT", agent.imds_endpoint()}},
      as);
}

void expect(const std::string& path, const std::string& output) {
  const program_run run = ask({path});
  CHECK(run.exit_code == 0);
  CHECK(run.output == output + '\n');
  CHECK(run.errors == "");
}

}  // namespace

TEST_CASE("metadata: without PATH the whole document is printed as JSON") {
  const program_run run = ask({});
  CHECK(run.exit_code == 0);
  CHECK(arc_identity::json::is_valid(run.output));
  CHECK(run.output.rfind("{\"compute\":{", 0) == 0);
  CHECK(run.errors == "");
}

TEST_CASE("metadata: PATH prints a string as it is, another value as JSON") {
  expect("compute.location", "westeurope");
  expect("compute.tagsList[0].value", "Rotterdam");
  expect("compute.tagsList[1]", R"({"name":"simulated","value":"yes"})");
  expect("network.interface[0].ipv6", R"({"ipAddress":[]})");
  expect("compute.sku", "");
}

TEST_CASE("metadata: a missing member gives an error with its path") {
  for (const char* path : {"compute.place", "compute.tagsList[2]", "location", "compute."}) {
    const program_run run = ask({path});
    CHECK(run.exit_code == 1);
    CHECK(run.output == "");
    CHECK(run.errors == std::string("arc-identity: the metadata has no ") + path +
                            ". Without PATH, all of it is printed\n");
  }
}

TEST_CASE("metadata: needs no access to the key") {
  if (::geteuid() != 0) return;
  const program_run run = ask({"compute.name"}, user::nobody);
  CHECK(run.exit_code == 0);
  CHECK(run.output == "simulated-machine\n");
}

TEST_CASE("metadata: control characters from the agent are escaped") {
  const std::string body =
      "{\"compute\":{\"name\":\"\\u001b[2J\\u009bK\\u00f6\",\"raw\":\"\x7f\xc2\x9b\"}}";
  const std::string answer = agent_texts::response(200, "", body);
  const raw_agent agent([&](raw_connection& connection, std::size_t) {
    if (!connection.read_request().empty()) connection.send(answer);
  });
  const auto get = [&](const char* path) {
    return run_program({"metadata", path, "--endpoint", agent.url()}).output;
  };
  CHECK(get("compute.name") == "?[2J?K\xc3\xb6\n");
  CHECK(get("compute.raw") == "??\n");
  CHECK(get("compute") == "{\"name\":\"\\u001b[2J\\u009bK\\u00f6\",\"raw\":\"\\u007f\\u009b\"}\n");
}

TEST_CASE("metadata: no agent gives exit 3") {
  const program_run run = run_program({"metadata"});
  CHECK(run.exit_code == 3);
  CHECK(run.output == "");
}
