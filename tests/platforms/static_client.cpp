// SPDX-License-Identifier: MIT
//
// static_client [KEY_DIRECTORY]: gets a token with `arc_identity::client`, no heap, no exceptions,
// no RTTI and no C++ library, and prints it.
#include <cstdlib>
#include <string_view>

#include <unistd.h>

#include <arc_identity/core.hpp>
#include <arc_identity/system/client.hpp>

namespace std {
/// The only function needed of libstdc++ that is not in its headers. std::string_view calls it for
/// a position beyond the end, which does not occur.
[[noreturn]] void __throw_out_of_range_fmt(const char*, ...);
void __throw_out_of_range_fmt(const char*, ...) { std::abort(); }
}  // namespace std

namespace {

bool print(int handle, std::string_view text) {
  return ::write(handle, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
         ::write(handle, "\n", 1) == 1;
}

}  // namespace

int main(int argc, char** argv) {
  static char workspace[16 * 1024];
  arc_identity::options options;
  if (argc > 1) options.key_directory = argv[1];
  arc_identity::client client(options);
  const auto token = client.get_token({"https://vault.azure.net"}, workspace);
  if (!token) return print(STDERR_FILENO, token.error().message()) ? 1 : 2;
  return print(STDOUT_FILENO, token->access_token) ? 0 : 2;
}
