// SPDX-License-Identifier: MIT
// expect: no matching function|conversion from
#include <string>

#include <arc_identity/core.hpp>

int main() {
  const std::string text = "constant";
  const arc_identity::mutable_buffer buffer(text);
  return static_cast<int>(buffer.size());
}
