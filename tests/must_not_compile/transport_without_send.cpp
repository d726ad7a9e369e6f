// SPDX-License-Identifier: MIT
// expect: the Transport policy lacks: io_result send\(const_buffer bytes
#include "policies.hpp"

struct wrong_transport : with_connect, with_receive, with_close {};

int main() { return get_token<wrong_transport>(); }
