// SPDX-License-Identifier: MIT
// expect: cannot convert|no viable conversion
#include <arc_identity/core.hpp>

int main() {
  const auto parsed = arc_identity::endpoint::parse("http://localhost");
  const int number = parsed;
  return number;
}
