// SPDX-License-Identifier: MIT
// The tests of json_test.cpp over the scanner's byte loop, which the smallest code takes.
#define JSON_STEP " (byte loop)"
#define ARC_IDENTITY_SMALL
#include "json_test.cpp"
