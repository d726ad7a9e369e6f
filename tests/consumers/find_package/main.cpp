// SPDX-License-Identifier: MIT
#include <cstdio>

#include <arc_identity/arc_identity.hpp>

int main() {
  [[maybe_unused]] const auto identity = arc_identity::managed_identity_id::system_assigned();
  std::printf("arc_identity %d.%d.%d\n", ARC_IDENTITY_VERSION_MAJOR, ARC_IDENTITY_VERSION_MINOR,
              ARC_IDENTITY_VERSION_PATCH);
}
