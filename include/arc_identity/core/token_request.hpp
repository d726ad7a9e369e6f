// SPDX-License-Identifier: MIT
/// A request for a token: the resource and the identity.
#pragma once

#include <cstddef>
#include <string_view>
#include <type_traits>

#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/error.hpp>
#include <arc_identity/core/managed_identity_id.hpp>

ARC_IDENTITY_BEGIN

struct token_response;

/// What a token is for: a resource such as `https://vault.azure.net`, and the identity that asks.
/// Refers to the caller's texts and does not own them. A scope, which ends in `/.default` (case
/// ignored), is read as its resource.
struct token_request {
  /// `resource_or_scope` is any text that makes a string view; `as` is who asks.
  template <class Text, class = std::enable_if_t<std::is_convertible_v<Text, std::string_view>>>
  constexpr token_request(const Text& resource_or_scope,
                          managed_identity_id as = managed_identity_id::system_assigned()) noexcept
      : resource(without_default(resource_or_scope)), identity(as) {}

  using response = token_response;  ///< The response; see token_response.hpp.

  std::string_view resource;     ///< What the token is for.
  managed_identity_id identity;  ///< Who asks.

 private:
  static constexpr std::string_view without_default(std::string_view scope) noexcept {
    constexpr std::string_view suffix = "/.default";
    if (scope.size() < suffix.size()) return scope;
    const std::string_view head = detail::first(scope, scope.size() - suffix.size());
    return detail::equals_ignoring_case(detail::after(scope, head.size()), suffix) ? head : scope;
  }
};

namespace detail {

/// Why the request is invalid, or `none`.
constexpr reason check(const token_request& request) noexcept {
  if (request.resource.empty()) return reason::resource_empty;
  if (!all_of(request.resource, is_visible)) return reason::resource_not_visible;
  if (request.identity.kind() == managed_identity_kind::system_assigned) return reason::none;
  if (request.identity.value().empty()) return reason::identity_empty;
  return all_of(request.identity.value(), is_printable) ? reason::none
                                                        : reason::identity_not_printable;
}

}  // namespace detail
ARC_IDENTITY_END
