// SPDX-License-Identifier: MIT
// expect: the KeyFileReader policy lacks: key_file_result read\(const char\* path
#include "policies.hpp"

struct wrong_reader {};

int main() { return get_token<good_transport, good_clock, wrong_reader>(); }
