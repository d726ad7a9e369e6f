// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <arc_identity/core/managed_identity_id.hpp>

using arc_identity::managed_identity_id;
using arc_identity::managed_identity_kind;

TEST_CASE("managed_identity_id: each kind has its value and query parameter") {
  constexpr auto none = managed_identity_id::system_assigned();
  CHECK(none.kind() == managed_identity_kind::system_assigned);
  CHECK(none.value().empty());
  CHECK(none.parameter().empty());

  constexpr auto client = managed_identity_id::client_id("c");
  CHECK(client.kind() == managed_identity_kind::client_id);
  CHECK(client.value() == "c");
  CHECK(client.parameter() == "client_id");

  constexpr auto object = managed_identity_id::object_id("o");
  CHECK(object.kind() == managed_identity_kind::object_id);
  CHECK(object.value() == "o");
  CHECK(object.parameter() == "object_id");

  constexpr auto resource = managed_identity_id::resource_id("/subscriptions/r");
  CHECK(resource.kind() == managed_identity_kind::resource_id);
  CHECK(resource.value() == "/subscriptions/r");
  CHECK(resource.parameter() == "msi_res_id");  // The agent ignores mi_res_id.
}

TEST_CASE("managed_identity_id: the default is the system-assigned identity") {
  CHECK(managed_identity_id().kind() == managed_identity_kind::system_assigned);
}
