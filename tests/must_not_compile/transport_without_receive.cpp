// SPDX-License-Identifier: MIT
// expect: the Transport policy lacks: io_result receive\(mutable_buffer space
#include "policies.hpp"

struct wrong_transport : with_connect, with_send, with_close {};

int main() { return get_token<wrong_transport>(); }
