// SPDX-License-Identifier: MIT
//
// short_of_memory URL CA_FILE: makes three GET requests, the second without the memory for a large
// body. Prints the result of each.

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <new>

#include <arc_identity/key_vault/curl.hpp>

namespace {

bool is_short = false;

}  // namespace

void* operator new(std::size_t size) {
  constexpr std::size_t large = 50'000;
  void* const memory = is_short && size > large ? nullptr : std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  arc_identity::curl_https https(argv[2]);
  for (const bool each : {false, true, false}) {
    is_short = each;
    try {
      const auto response = https.get({argv[1], {}, std::chrono::seconds(10), 1 << 20});
      std::printf("%d %s\n", response.status_code, response.reason.c_str());
    } catch (const std::bad_alloc&) {
      std::printf("no memory\n");
    }
  }
}
