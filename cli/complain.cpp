// SPDX-License-Identifier: MIT

#include "complain.hpp"

#include <cstddef>
#include <cstdio>

#include "exit_code.hpp"
#include "system_text.hpp"
#include "user_names.hpp"

namespace arc_identity_cli {

std::string message_of(const arc_identity::error& error) {
  std::string message = error.message();
  if (error.code() == arc_identity::errc::agent_not_verified) message = with_user_names(message);
  const std::string number = "system error " + std::to_string(error.system_error());
  const std::size_t at = message.rfind('(' + number + ')');
  if (error.system_error() == 0 || at == std::string::npos) return message;
  return message.replace(at + 1, number.size(), system_text(error.system_error()));
}

int complain(const arc_identity::error& error) {
  std::fprintf(stderr, "arc-identity: %s\n", message_of(error).c_str());
  return exit_code_of(error.code());
}

}  // namespace arc_identity_cli
