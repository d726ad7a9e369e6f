// SPDX-License-Identifier: MIT
// expect: the Transport policy.s peer_owner is not: peer_owner_result peer_owner\(
#include "policies.hpp"

struct wrong_transport : good_transport {
  arc_identity::peer_owner_result peer_owner(const loopback_address&) { return {}; }
};

int main() { return get_token<wrong_transport>(); }
