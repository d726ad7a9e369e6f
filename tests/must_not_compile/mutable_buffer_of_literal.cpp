// SPDX-License-Identifier: MIT
// expect: no matching function|conversion from
#include <arc_identity/core.hpp>

int main() {
  const arc_identity::mutable_buffer buffer("constant");
  return static_cast<int>(buffer.size());
}
