// SPDX-License-Identifier: MIT
// The tests of buffer_test.cpp over the loops that the smallest code takes.
#define CODE_SIZE " (small)"
#define ARC_IDENTITY_SMALL
#include "buffer_test.cpp"
