// SPDX-License-Identifier: MIT
// The tests of json_test.cpp over the loops that the smallest code takes.
#define CODE_SIZE " (small)"
#define ARC_IDENTITY_SMALL
#include "json_test.cpp"
