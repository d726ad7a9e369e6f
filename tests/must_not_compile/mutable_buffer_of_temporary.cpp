// SPDX-License-Identifier: MIT
// expect: no matching function|cannot bind|conversion from
#include <string>

#include <arc_identity/core.hpp>

int main() {
  const arc_identity::mutable_buffer buffer(std::string("gone"));
  return static_cast<int>(buffer.size());
}
