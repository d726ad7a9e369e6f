// SPDX-License-Identifier: MIT
/// Selects one of a machine's managed identities.
#pragma once

#include <cstdint>
#include <string_view>

#include <arc_identity/core/detail/config.hpp>

ARC_IDENTITY_BEGIN

/// The ways to name a managed identity.
enum class managed_identity_kind : std::uint8_t {
  system_assigned,  ///< The machine's own; no name needed.
  client_id,        ///< The GUID of its application.
  object_id,        ///< The GUID of its service principal.
  resource_id,      ///< Its Azure resource id: /subscriptions/.../userAssignedIdentities/name.
};

/// The name of a managed identity. Refers to the caller's text and does not own it.
class managed_identity_id {
 public:
  /// The machine's own.
  static constexpr managed_identity_id system_assigned() noexcept { return {}; }
  /// By the GUID of its application.
  static constexpr managed_identity_id client_id(std::string_view id) noexcept {
    return {managed_identity_kind::client_id, id};
  }
  /// By the GUID of its service principal.
  static constexpr managed_identity_id object_id(std::string_view id) noexcept {
    return {managed_identity_kind::object_id, id};
  }
  /// By its Azure resource id: /subscriptions/.../userAssignedIdentities/name.
  static constexpr managed_identity_id resource_id(std::string_view id) noexcept {
    return {managed_identity_kind::resource_id, id};
  }

  /// The system-assigned identity.
  constexpr managed_identity_id() noexcept = default;
  /// Of a kind known only at run time.
  constexpr managed_identity_id(managed_identity_kind kind, std::string_view value) noexcept
      : kind_(kind), value_(value) {}

  /// How it is named.
  constexpr managed_identity_kind kind() const noexcept { return kind_; }
  /// The id; empty for the machine's own.
  constexpr std::string_view value() const noexcept { return value_; }

  /// The query parameter that selects it, and the member of the response that confirms it.
  /// The agent ignores `mi_res_id` as a parameter, so a resource id goes as `msi_res_id`.
  constexpr std::string_view parameter() const noexcept {
    switch (kind_) {
      case managed_identity_kind::client_id: return "client_id";
      case managed_identity_kind::object_id: return "object_id";
      case managed_identity_kind::resource_id: return "msi_res_id";
      case managed_identity_kind::system_assigned: break;
    }
    return {};
  }

 private:
  managed_identity_kind kind_ = managed_identity_kind::system_assigned;
  std::string_view value_{};
};

ARC_IDENTITY_END
