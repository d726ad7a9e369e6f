// SPDX-License-Identifier: MIT
// Any document from the agent can be read: each text lies in the workspace, the walk over the tags
// ends, and reading twice gives the same.
//
// Input: the body of a 200.

#include <string>
#include <string_view>
#include <vector>

#include <arc_identity/core.hpp>
#include <arc_identity/instance_metadata.hpp>
#include <arc_identity/testing/manual_clock.hpp>
#include <arc_identity/testing/memory_key_files.hpp>
#include <arc_identity/testing/scripted_transport.hpp>

#include "fuzz.hpp"

namespace {

namespace json = arc_identity::json;
using arc_identity::instance_metadata;
using fuzz::require;

/// All metadata of a machine, in one text.
std::string walk(const instance_metadata& machine, std::string_view workspace) {
  std::string all;
  const auto add = [&](std::string_view text) {
    require(text.empty() || fuzz::lies_inside(text, workspace), "each text lies in the workspace");
    all += text;
    all += '\n';
  };
  for (const std::string_view text :
       {machine.name(), machine.location(), machine.resource_id(), machine.subscription_id(),
        machine.resource_group(), machine.vm_id(), machine.os_type(), machine.agent_version(),
        machine.cloud()}) {
    add(text);
  }
  std::size_t tags = 0;
  machine.for_each_tag([&](const arc_identity::instance_tag& tag) {
    require(++tags <= machine.json().size(), "the walk over the tags ends");
    add(tag.name);
    add(tag.value);
  });
  return all;
}

/// The tags again, by their paths.
std::size_t count_tags(std::string_view document) {
  std::size_t count = 0;
  for (std::size_t index = 0;; ++index) {
    const json::kind kind =
        json::find(document, "compute.tagsList[" + std::to_string(index) + "]").kind;
    if (kind == json::kind::absent) return count;
    ++count;
  }
}

std::size_t count_tags(const instance_metadata& machine) {
  std::size_t count = 0;
  machine.for_each_tag([&](const arc_identity::instance_tag&) { ++count; });
  return count;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input input(data, size);
  const std::string body(input.rest());
  arc_identity::testing::scripted_transport agent;
  agent.on_receive("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) +
                   "\r\n\r\n" + body);
  arc_identity::options options;
  options.endpoint = "http://127.0.0.1:40342";
  arc_identity::basic_client<arc_identity::testing::scripted_transport,
                             arc_identity::testing::manual_clock,
                             arc_identity::testing::memory_key_files>
      client(options, agent);
  std::vector<char> workspace(2 * size + 512);
  const auto machine = client.get_document<instance_metadata>(workspace);
  if (!machine) {
    fuzz::require_good_message(machine.error());
    return 0;
  }
  require(machine->json() == body, "the document is unchanged");
  const std::string all = walk(*machine, {workspace.data(), workspace.size()});
  require(walk(*machine, {workspace.data(), workspace.size()}) == all,
          "a second walk gives the same");
  require(machine->json() == body, "the document is still unchanged");
  require(count_tags(*machine) == count_tags(body), "the paths lead to the same number of tags");
  return 0;
}
