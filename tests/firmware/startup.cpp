// SPDX-License-Identifier: MIT
/// From the board's reset to run(). There are no static constructors to call; tools/test_firmware
/// checks that.
#include <cstdint>

#include "semihosting.hpp"
#include "stack.hpp"

extern "C" {

extern std::uint32_t data_begin[], data_end[], bss_begin[], bss_end[];
extern const std::uint32_t data_image[];

int run();

[[noreturn]] void reset() {
  const std::uint32_t* from = data_image;
  for (std::uint32_t* to = data_begin; to != data_end;) *to++ = *from++;
  for (std::uint32_t* to = bss_begin; to != bss_end;) *to++ = 0;
  paint_stack();
  semihosting::exit(run());
}

[[noreturn]] void fault() {
  semihosting::print("FAILED: a fault or an unexpected interrupt\n");
  semihosting::exit(1);
}

/// Replaces newlib's, which would raise a signal and need the heap.
[[noreturn]] void abort() {
  semihosting::print("FAILED: abort() was called\n");
  semihosting::exit(1);
}
}

namespace {

/// Armv7-M, B1.5.3. No interrupt is ever enabled.
struct {
  std::uint32_t* stack = stack_begin;
  void (*reset_handler)() = reset;
  void (*exceptions[14])() = {fault, fault, fault, fault, fault, fault, fault,
                              fault, fault, fault, fault, fault, fault, fault};
} const vectors [[gnu::section(".vectors"), gnu::used]];

}  // namespace
