// SPDX-License-Identifier: MIT
//
// The tests of json_test.cpp over the scanner's word loop, as on a machine without SSE2. Its
// namespace gets another name here, so that two kinds of one function do not meet in one program.
// What looks at __SSE2__ too is included before.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <support/data_folder.hpp>

#define JSON_STEP " (word loop)"
#undef __SSE2__
#define arc_identity arc_identity_word_loop
#include "json_test.cpp"
