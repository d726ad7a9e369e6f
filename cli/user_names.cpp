// SPDX-License-Identifier: MIT

#include "user_names.hpp"

#include <string_view>

#include <arc_identity/system/platform.hpp>

namespace arc_identity_cli {

#if defined(_WIN32)

std::string name_of(const std::string&, std::uint64_t id) { return std::to_string(id); }

#else

std::string name_of(const std::string& file, std::uint64_t id) {
  using namespace arc_identity::detail;
  std::string number = std::to_string(id);
  arc_identity::detail::line_reader lines(file.c_str());
  std::string_view line;
  while (lines.next(line)) {
    const std::string_view name = take_until(line, ':');
    take_until(line, ':');
    if (take_until(line, ':') == number) return std::string(name) + " (" + number + ")";
  }
  return number;
}

#endif

std::string with_user_names(std::string message, const std::string& passwd) {
  const std::string_view word = "user ";
  for (std::size_t at = message.find(word); at != std::string::npos; at = message.find(word, at)) {
    at += word.size();
    const std::size_t size = message.find_first_not_of("0123456789", at) - at;
    const std::string digits = message.substr(at, size);
    if (digits.empty() || digits.size() > 10) continue;
    message.replace(at, digits.size(), name_of(passwd, std::stoull(digits)));
  }
  return message;
}

}  // namespace arc_identity_cli
