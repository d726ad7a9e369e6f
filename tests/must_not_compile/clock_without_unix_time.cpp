// SPDX-License-Identifier: MIT
// expect: the Clock policy lacks: std::chrono::seconds unix_time\(\)
#include "policies.hpp"

struct wrong_clock : with_now, with_sleep_for {};

int main() { return get_token<good_transport, wrong_clock>(); }
