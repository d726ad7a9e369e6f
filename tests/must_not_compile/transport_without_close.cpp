// SPDX-License-Identifier: MIT
// expect: the Transport policy lacks: void close\(\)
#include "policies.hpp"

struct wrong_transport : with_connect, with_send, with_receive {};

int main() { return get_token<wrong_transport>(); }
