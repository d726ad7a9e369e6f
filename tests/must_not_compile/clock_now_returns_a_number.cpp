// SPDX-License-Identifier: MIT
// expect: the Clock policy lacks: std::chrono::milliseconds now\(\)
#include "policies.hpp"

struct wrong_clock : with_unix_time, with_sleep_for {
  int now() { return 0; }
};

int main() { return get_token<good_transport, wrong_clock>(); }
