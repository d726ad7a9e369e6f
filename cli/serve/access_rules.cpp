// SPDX-License-Identifier: MIT

#include "serve/access_rules.hpp"

#include <algorithm>
#include <string_view>

#include <arc_identity/core/detail/ascii.hpp>

namespace arc_identity_cli {
namespace {

template <class List, class Matches>
bool any_of(const List& list, Matches matches) {
  return std::any_of(list.begin(), list.end(), matches);
}

/// Only some SDKs send a slash at the end.
std::string_view without_slash(std::string_view resource) {
  if (!resource.empty() && resource.back() == '/') resource.remove_suffix(1);
  return resource;
}

std::string refuse_local(const access_rules& rules, const client_origin& client) {
  if (rules.users.empty()) {
    return rules.has_secret ? "" : "this protocol has no secret, so --allow-user is required";
  }
  if (!client.user) return "the kernel does not report the client's user";
  const auto is_user = [&](std::uint32_t user) { return user == *client.user; };
  return any_of(rules.users, is_user) ? "" : "the user is not in --allow-user";
}

}  // namespace

std::string access_rules::refuse_client(const client_origin& client) const {
  switch (client.where) {
    case client_origin::place::here: return refuse_local(*this, client);
    case client_origin::place::unknown: return "the kernel does not report where the client is";
    case client_origin::place::elsewhere: break;
  }
  const auto has_client = [&](const ip_network& network) {
    return network.contains(client.address.ip);
  };
  return any_of(networks, has_client) ? "" : "the address is not in any --allow-network";
}

std::string access_rules::refuse_token(const arc_identity::token_request& request) const {
  using arc_identity::managed_identity_kind;
  const auto is_resource = [&](const std::string& allowed) {
    return without_slash(arc_identity::token_request(allowed).resource) ==
           without_slash(request.resource);
  };
  if (!resources.empty() && !any_of(resources, is_resource)) {
    return "the resource is not in --allow-resource";
  }
  if (client_ids.empty()) return "";
  const managed_identity_kind kind = request.identity.kind();
  if (kind == managed_identity_kind::object_id || kind == managed_identity_kind::resource_id) {
    return "--allow-client-id is given, so identities can only be selected by client_id";
  }
  const bool is_machine = kind == managed_identity_kind::system_assigned;
  const std::string_view wanted = is_machine ? machine : request.identity.value();
  const auto is_wanted = [&](const std::string& allowed) {
    return arc_identity::detail::equals_ignoring_case(allowed, wanted);
  };
  if (!is_machine && wanted == machine) return "the identity is not in --allow-client-id";
  return any_of(client_ids, is_wanted) ? "" : "the identity is not in --allow-client-id";
}

}  // namespace arc_identity_cli
