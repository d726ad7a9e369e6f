// SPDX-License-Identifier: MIT
// expect: the Transport policy lacks: io_result connect\(const loopback_address& peer
#include "policies.hpp"

struct wrong_transport : with_send, with_receive, with_close {};

int main() { return get_token<wrong_transport>(); }
