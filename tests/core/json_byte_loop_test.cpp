// SPDX-License-Identifier: MIT
//
// The tests of json_test.cpp over the scanner's byte loop, which has a namespace of its own.
#define JSON_STEP " (byte loop)"
#define ARC_IDENTITY_JSON_BYTE_LOOP
#include "json_test.cpp"
