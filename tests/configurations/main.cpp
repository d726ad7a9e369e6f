// SPDX-License-Identifier: MIT
//
// Runs the units that the macro UNITS lists, `RUN(first) RUN(second)`, and prints which one fails.
#include <cstdio>

#define RUN(unit) const char* unit();
UNITS
#undef RUN

int main() {
  int failed = 0;
#define RUN(unit)                                                                  \
  if (const char* const expectation = unit()) {                                    \
    std::printf("FAILED  in the unit %s, which expects %s\n", #unit, expectation); \
    ++failed;                                                                      \
  }
  UNITS
#undef RUN
  return failed == 0 ? 0 : 1;
}
