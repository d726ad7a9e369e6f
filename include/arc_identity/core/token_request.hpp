// SPDX-License-Identifier: MIT
/// What a token is asked for: a resource, as an identity.
#pragma once

#include <string_view>
#include <type_traits>

#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/error.hpp>
#include <arc_identity/core/managed_identity_id.hpp>

ARC_IDENTITY_BEGIN

struct token_response;

/// A resource such as `https://vault.azure.net`, and the identity that asks. It refers to the
/// caller's texts and does not own them. A scope, which ends in `/.default`, is taken as its
/// resource.
struct token_request {
  /// `resource_or_scope` is any text that makes a string view; `as` is who asks.
  template <class Text, class = std::enable_if_t<std::is_convertible_v<Text, std::string_view>>>
  constexpr token_request(const Text& resource_or_scope,
                          managed_identity_id as = managed_identity_id::system_assigned()) noexcept
      : resource(without_default(resource_or_scope)), identity(as) {}

  using response = token_response;  ///< What is answered; see token_response.hpp.

  std::string_view resource;     ///< What the token is for.
  managed_identity_id identity;  ///< Who asks.

 private:
  static constexpr std::string_view without_default(std::string_view scope) noexcept {
    constexpr std::string_view suffix = "/.default";
    if (detail::ends_with(scope, suffix)) scope.remove_suffix(suffix.size());
    return scope;
  }
};

namespace detail {

/// What speaks against asking for this.
constexpr objection check(const token_request& request) noexcept {
  if (request.resource.empty()) return "the resource is empty";
  if (!all_of(request.resource, is_visible)) {
    return "the resource is not all visible ASCII";
  }
  if (request.identity.kind() == managed_identity_kind::system_assigned) return nullptr;
  if (request.identity.value().empty()) return "the identity's id is empty";
  if (!all_of(request.identity.value(), [](char c) { return !is_control(c); })) {
    return "the identity's id holds a control byte";
  }
  return nullptr;
}

}  // namespace detail
ARC_IDENTITY_END
