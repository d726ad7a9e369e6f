// SPDX-License-Identifier: MIT
/// Reads the challenge of a vault (RFC 6750, 3, as Key Vault sends it), and decides whether the
/// vault may get the token that it asks for.
///
///     WWW-Authenticate: Bearer authorization="https://login.microsoftonline.com/TENANT",
///         resource="https://vault.azure.net"
#pragma once

#include <string_view>

#include <arc_identity/core/challenge.hpp>
#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/error.hpp>
#include <arc_identity/core/token_request.hpp>
#include <arc_identity/key_vault/https_url.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// A challenge's parameters, as views into the field.
struct vault_challenge {
  std::string_view authorization{};  ///< The authority's URL, with the tenant at its end.
  std::string_view resource{};       ///< What the token must be for.
  std::string_view scope{};          ///< The same in another form, `resource`/.default.

  std::string_view* parameter(const cursor& name) noexcept {
    switch (name.index_in("authorization\0resource\0scope\0")) {
      case 0: return &authorization;
      case 1: return &resource;
      case 2: return &scope;
      default: return nullptr;
    }
  }
  bool is_usable() const noexcept { return !resource.empty() || !scope.empty(); }
};

/// Finds the first Bearer challenge in the list that names a resource. Returns why the list is
/// invalid, or null.
inline static_text read_vault_challenge(std::string_view field, vault_challenge& found) noexcept {
  challenge_list list(field.data(), field.data() + field.size());
  bool in_bearer = false;
  while (list.skip_separators()) {
    cursor name;
    list.take_token(name);
    if (name.empty()) return "the vault's challenge is malformed";
    list.skip_blanks();
    if (!list.is_at('=')) {  // A scheme, and perhaps its first parameter.
      if (found.is_usable()) return nullptr;
      found = {};
      in_bearer = name.is("bearer\0");
      list.take_token(name);
      list.skip_blanks();
    }
    std::string_view* const value = in_bearer ? found.parameter(name) : nullptr;
    if (value == nullptr) {
      list.skip_element();
      continue;
    }
    if (!value->empty()) return "the vault's challenge repeats a parameter";
    cursor text;
    if (!list.take_value(text)) return "the vault's challenge is malformed";
    *value = text.view();
  }
  return found.is_usable() ? nullptr : "the vault's challenge names no resource";
}

/// Returns why `host` may not get a token for `resource`, or null.
inline static_text check_vault_resource(std::string_view resource, std::string_view host) noexcept {
  https_url url;
  if (parse_https_url(resource, url) != nullptr || url.has_path() || url.port != 443) {
    return "the vault's challenge names an invalid resource";
  }
  if (lies_under(host, url.host)) return nullptr;
  return "the vault's challenge names a resource of another domain";
}

/// Reads the fields of a 401 response of `host`; `resource` receives the resource that the token
/// must be for. Returns why they are invalid, or null.
inline static_text read_vault_resource(std::string_view fields, std::string_view host,
                                       std::string_view& resource) noexcept {
  vault_challenge found;
  const static_text rejection = read_vault_challenge(fields, found);
  if (rejection != nullptr) return rejection;
  resource = token_request(found.resource.empty() ? found.scope : found.resource).resource;
  return check_vault_resource(resource, host);
}

}  // namespace detail
ARC_IDENTITY_END
