// SPDX-License-Identifier: MIT
//
// The tests of json_test.cpp over the scanner's byte loop. Its namespace gets another name here, so
// that the two kinds of one function do not meet in one program.
#define JSON_STEP " (byte loop)"
#define ARC_IDENTITY_JSON_BYTE_LOOP
#define arc_identity arc_identity_byte_loop
#include "json_test.cpp"
