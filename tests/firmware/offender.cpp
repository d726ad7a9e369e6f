// SPDX-License-Identifier: MIT
/// Images that tools/test_firmware must refuse, one for each of its checks.
#include <cstddef>
#include <cstdint>

#include "board.hpp"

#if defined(OFFENCE_HEAP)

#include <cstdlib>

extern "C" void* _sbrk(std::ptrdiff_t) { return nullptr; }
extern "C" int run() { return std::malloc(timer0().value) == nullptr; }

#elif defined(OFFENCE_OPERATOR_NEW)

[[gnu::noinline]] void* operator new(std::size_t size) {
  return reinterpret_cast<void*>(0x20008000 + size);
}
extern "C" int run() { return *static_cast<int*>(operator new(timer0().value)); }

#elif defined(OFFENCE_INITIALISER)

static std::uint32_t at_start = timer0().value;
extern "C" int run() { return static_cast<int>(at_start); }

#elif defined(OFFENCE_GUARD)

extern "C" int __cxa_guard_acquire(std::uint64_t*) { return 1; }
extern "C" void __cxa_guard_release(std::uint64_t*) {}
extern "C" int run() {
  static std::uint32_t at_first_call = timer0().value;
  return static_cast<int>(at_first_call);
}

#else  // Compiled with exception tables.

extern "C" int run() { return static_cast<int>(timer0().value); }

#endif
