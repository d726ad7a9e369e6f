// SPDX-License-Identifier: MIT
//
// bare PORT KEY_FILE: the least that a program does for a token. It makes the 11 system calls of
// one exchange, checks nothing, and prints what stands where the token should be. The floor that
// `arc-identity token` is measured against; of no other use.

#include "../bare_exchange.hpp"

int main(int, char** arguments) {
  bare_exchange exchange(static_cast<std::uint16_t>(std::atoi(arguments[1])), arguments[2]);
  exchange.run();
  const std::string_view response = exchange.response();
  const std::size_t at = response.find(':', response.find("access_token")) + 2;
  const std::string line(response.substr(at, response.find('"', at) - at));
  return ::write(STDOUT_FILENO, (line + '\n').data(), line.size() + 1) > 0 ? 0 : 1;
}
