// SPDX-License-Identifier: MIT
// expect: no matching function|no viable (conversion|constructor)|could not convert|conversion from
#include <arc_identity/core.hpp>

int main() {
  const arc_identity::managed_identity_id identity("client id? object id?");
  return static_cast<int>(identity.value().size());
}
