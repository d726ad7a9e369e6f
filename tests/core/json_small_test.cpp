// SPDX-License-Identifier: MIT
// The tests of json_test.cpp with the loops of the smallest code.
#define CODE_SIZE " (small)"
#define ARC_IDENTITY_SMALL
#include "json_test.cpp"
