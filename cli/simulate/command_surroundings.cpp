// SPDX-License-Identifier: MIT

#include "simulate/command_surroundings.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <string_view>

#include "simulate/simulated_agent.hpp"

namespace arc_identity_cli {
namespace {

using strings = std::vector<std::string>;
using variables = std::map<std::string, std::string>;

constexpr std::string_view prefix = "ARC_IDENTITY_SIMULATED_";

// They make an SDK take this machine for an App Service, a cluster or a Functions host, or prefer
// another credential. AZURE_CLIENT_ID stays: it selects the identity.
constexpr std::string_view misleading[] = {"IDENTITY_HEADER",
                                           "IDENTITY_SERVER_THUMBPRINT",
                                           "MSI_ENDPOINT",
                                           "MSI_SECRET",
                                           "AZURE_CLIENT_SECRET",
                                           "AZURE_CLIENT_CERTIFICATE_PATH",
                                           "AZURE_FEDERATED_TOKEN_FILE",
                                           "AZURE_USERNAME",
                                           "AZURE_PASSWORD",
                                           "AZURE_POD_IDENTITY_AUTHORITY_HOST"};

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

bool is_inherited(std::string_view name) {
  return std::find(std::begin(misleading), std::end(misleading), name) == std::end(misleading) &&
         name.substr(0, prefix.size()) != prefix;
}

variables parsed(char** entries) {
  variables all;
  for (; *entries != nullptr; ++entries) {
    const std::string_view entry = *entries;
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos || !is_inherited(entry.substr(0, equals))) continue;
    all.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  }
  return all;
}

// Some programs read the one, some the other.
void exempt_loopback_from_proxies(variables& all) {
  const std::string before = all.count("no_proxy") != 0 ? all["no_proxy"] : all["NO_PROXY"];
  if (before != "*") {  // That has a meaning only where it is alone.
    all["no_proxy"] = before + (before.empty() ? "" : ",") + "localhost,127.0.0.1,::1";
  }
  all["NO_PROXY"] = all["no_proxy"];
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
  variables all = parsed(inherited);
  all["IDENTITY_ENDPOINT"] = agent.endpoint();
  all["IMDS_ENDPOINT"] = agent.imds_endpoint();
  exempt_loopback_from_proxies(all);
  add_identity(all, agent.system_assigned(), "MACHINE_", "");
  add_identity(all, first_identity(agent), "", "");
  for (std::size_t i = 1; i < agent.identities().size(); ++i) {
    add_identity(all, agent.identities()[i], "", '_' + std::to_string(i + 1));
  }
  strings entries;
  for (const auto& [name, value] : all)
    entries.push_back(std::string(name).append("=").append(value));
  return entries;
}

}  // namespace arc_identity_cli
