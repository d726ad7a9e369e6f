// SPDX-License-Identifier: MIT
// expect: the Clock policy lacks: void sleep_for\(std::chrono::milliseconds time\)
#include "policies.hpp"

struct wrong_clock : with_now, with_unix_time {};

int main() { return get_token<good_transport, wrong_clock>(); }
