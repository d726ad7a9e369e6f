// SPDX-License-Identifier: MIT
//
// bare PORT KEY_FILE: the minimum that a program must do for a token. It makes the 11 system
// calls of one exchange, checks nothing, and prints the bytes where the token should be.
// `arc-identity token` is compared with it.

#include "../bare_exchange.hpp"

int main(int, char** arguments) {
  bare_exchange exchange(static_cast<std::uint16_t>(std::atoi(arguments[1])), arguments[2]);
  exchange.run();
  const std::string_view response = exchange.response();
  const std::size_t at = response.find(':', response.find("access_token")) + 2;
  const std::string line(response.substr(at, response.find('"', at) - at));
  return ::write(STDOUT_FILENO, (line + '\n').data(), line.size() + 1) > 0 ? 0 : 1;
}
