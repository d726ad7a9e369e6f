// SPDX-License-Identifier: MIT
//
// A token without heap, exceptions and RTTI, in static memory. The linker proves it: the options
// below redirect calls of malloc and new to functions that do not exist.
//
//     g++ -std=c++17 -Os -fno-exceptions -fno-rtti -I ../include no_heap.cpp -o no_heap
//         -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=_Znwm,--wrap=_Znam
//     ./no_heap
//
// With a simulated agent: arc-identity simulate -- ./no_heap '{key-directory}'

#include <arc_identity/core.hpp>
#include <arc_identity/system/client.hpp>

#include <cstddef>
#include <string_view>

#include <unistd.h>

namespace {

char workspace[16 * 1024];  // For requests, keys, responses and the token.

/// printf might allocate its buffer.
void print(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(file, text.data(), text.size());
    if (count <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

/// Replace this by your request.
bool send_telemetry(std::string_view token) { return !token.empty(); }

}  // namespace

int main(int argc, char** argv) {
  arc_identity::options options;
  if (argc > 1) options.key_directory = argv[1];

  arc_identity::client client(options);
  const auto token = client.get_token({"https://monitor.azure.com"}, workspace);
  if (!token) {
    print(STDERR_FILENO, token.error().message());
    print(STDERR_FILENO, "\n");
    return 1;
  }
  const bool is_sent = send_telemetry(token->access_token);  // a view into the workspace
  arc_identity::wipe(workspace);
  print(STDOUT_FILENO, is_sent ? "telemetry sent, without a heap\n" : "no telemetry\n");
}
