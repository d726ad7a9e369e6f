// SPDX-License-Identifier: MIT
/// Requests of the image to the debugger, which is the emulator (Semihosting for AArch32 and
/// AArch64, Arm's document 100863).
#pragma once

#include <cstddef>
#include <cstdint>

namespace semihosting {

enum operation : std::uint32_t { write0 = 0x04, get_command_line = 0x15, exit_extended = 0x20 };

inline std::uint32_t call(operation operation, const void* argument) {
  std::uint32_t result;
  asm volatile("mov r0, %1\n mov r1, %2\n bkpt 0xab\n mov %0, r0"
               : "=r"(result)
               : "r"(operation), "r"(argument)
               : "r0", "r1", "memory");
  return result;
}

inline void print(const char* text) { call(write0, text); }

/// The emulator's arguments, separated by spaces. False if they do not fit.
template <std::size_t Size>
bool command_line(char (&space)[Size]) {
  struct {
    char* data;
    std::size_t size;
  } block{space, Size};
  return call(get_command_line, &block) == 0;
}

/// Ends the emulator with this exit code.
[[noreturn]] inline void exit(int code) {
  constexpr std::uint32_t application_exit = 0x20026;
  const std::uint32_t block[] = {application_exit, static_cast<std::uint32_t>(code)};
  for (;;) call(exit_extended, block);
}

}  // namespace semihosting
