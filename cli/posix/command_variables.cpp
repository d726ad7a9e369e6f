// SPDX-License-Identifier: MIT

#include "posix/command_variables.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>

namespace arc_identity_cli {
namespace {

// Variables that make an SDK take this machine for App Service, a cluster or a Functions host, or
// prefer another credential. AZURE_CLIENT_ID stays: it selects the identity.
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

bool is_inherited(std::string_view name) {
  return std::find(std::begin(misleading), std::end(misleading), name) == std::end(misleading);
}

}  // namespace

command_variables without_credentials(char** inherited) {
  command_variables all;
  for (; *inherited != nullptr; ++inherited) {
    const std::string_view entry = *inherited;
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos || !is_inherited(entry.substr(0, equals))) continue;
    all.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  }
  return all;
}

// Some programs read the one variable, some the other.
void exempt_from_proxies(command_variables& all, const std::string& hosts) {
  const auto extended = [&hosts](const std::string& list) {
    if (list == "*") return list;  // "*" must not be combined with hosts.
    return list.empty() ? hosts : list + ',' + hosts;
  };
  const std::string lower = all["no_proxy"];
  const std::string upper = all["NO_PROXY"];
  all["no_proxy"] = extended(lower.empty() ? upper : lower);
  all["NO_PROXY"] = extended(upper.empty() ? lower : upper);
}

std::vector<std::string> entries_of(const command_variables& all) {
  std::vector<std::string> entries;
  for (const auto& [name, value] : all)
    entries.push_back(std::string(name).append("=").append(value));
  return entries;
}

}  // namespace arc_identity_cli
