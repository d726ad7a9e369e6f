// SPDX-License-Identifier: MIT
/// Measures stack use: the stack is filled with a pattern, and overwritten words have been used.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" std::uint32_t stack_begin[], stack_end[];  // from high to low addresses

constexpr std::uint32_t stack_paint = 0xa5a5a5a5;

/// Fills the stack below the caller's frame, except a little that this call itself may need.
[[gnu::noinline]] inline void paint_stack() {
  constexpr std::size_t own_words = 16;
  auto* const top = static_cast<volatile std::uint32_t*>(__builtin_frame_address(0)) - own_words;
  for (volatile std::uint32_t* word = stack_end; word < top; ++word) *word = stack_paint;
}

/// Bytes from `top` down to the lowest word used since the stack was filled.
inline std::size_t stack_used_below(const void* top) {
  const std::uint32_t* word = stack_end;
  while (*word == stack_paint) ++word;
  return static_cast<std::size_t>(static_cast<const char*>(top) -
                                  reinterpret_cast<const char*>(word));
}
