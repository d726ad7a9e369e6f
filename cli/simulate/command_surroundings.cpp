// SPDX-License-Identifier: MIT

#include "simulate/command_surroundings.hpp"

#include <cstddef>
#include <string_view>

#include "posix/command_variables.hpp"
#include "simulate/simulated_agent.hpp"

namespace arc_identity_cli {
namespace {

using strings = std::vector<std::string>;
using variables = command_variables;

constexpr std::string_view prefix = "ARC_IDENTITY_SIMULATED_";

void replace_all(std::string& text, std::string_view placeholder, const std::string& value) {
  std::size_t at = text.find(placeholder);
  while (at != std::string::npos) {
    text.replace(at, placeholder.size(), value);
    at = text.find(placeholder, at + value.size());
  }
}

const simulated_identity& first_identity(const simulated_agent& agent) {
  return agent.identities().empty() ? agent.system_assigned() : agent.identities().front();
}

void remove_identities_of_others(variables& all) {
  for (auto each = all.lower_bound(std::string(prefix)); each != all.end();) {
    if (std::string_view(each->first).substr(0, prefix.size()) != prefix) break;
    each = all.erase(each);
  }
}

void add_identity(variables& all, const simulated_identity& identity, const std::string& before,
                  const std::string& after) {
  const std::string start = std::string(prefix) + before;
  all[start + "CLIENT_ID" + after] = identity.client_id;
  all[start + "OBJECT_ID" + after] = identity.object_id;
  all[start + "RESOURCE_ID" + after] = identity.resource_id;
}

}  // namespace

strings with_placeholders_filled(strings arguments, const simulated_agent& agent) {
  const simulated_identity& identity = first_identity(agent);
  for (std::string& argument : arguments) {
    replace_all(argument, "{endpoint}", agent.endpoint());
    replace_all(argument, "{imds-endpoint}", agent.imds_endpoint());
    replace_all(argument, "{port}", std::to_string(agent.port()));
    replace_all(argument, "{key-directory}", agent.key_directory());
    replace_all(argument, "{client-id}", identity.client_id);
    replace_all(argument, "{object-id}", identity.object_id);
    replace_all(argument, "{resource-id}", identity.resource_id);
  }
  return arguments;
}

strings command_environment(char** inherited, const simulated_agent& agent) {
  variables all = without_credentials(inherited);
  remove_identities_of_others(all);
  all["IDENTITY_ENDPOINT"] = agent.endpoint();
  all["IMDS_ENDPOINT"] = agent.imds_endpoint();
  exempt_from_proxies(all, "localhost,127.0.0.1,::1");
  add_identity(all, agent.system_assigned(), "MACHINE_", "");
  add_identity(all, first_identity(agent), "", "");
  for (std::size_t i = 1; i < agent.identities().size(); ++i) {
    add_identity(all, agent.identities()[i], "", '_' + std::to_string(i + 1));
  }
  return entries_of(all);
}

}  // namespace arc_identity_cli
