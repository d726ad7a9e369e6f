// SPDX-License-Identifier: MIT
/// How much of the stack is used: it is painted, and what has lost its paint has been used.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" std::uint32_t stack_begin[], stack_end[];  // From high to low.

constexpr std::uint32_t stack_paint = 0xa5a5a5a5;

/// Paints what lies below the caller's frame, but for a little that this call itself may take.
[[gnu::noinline]] inline void paint_stack() {
  constexpr std::size_t own_words = 16;
  auto* const top = static_cast<volatile std::uint32_t*>(__builtin_frame_address(0)) - own_words;
  for (volatile std::uint32_t* word = stack_end; word < top; ++word) *word = stack_paint;
}

/// Bytes from `top` down to the lowest word that was used since the stack was painted.
inline std::size_t stack_used_below(const void* top) {
  const std::uint32_t* word = stack_end;
  while (*word == stack_paint) ++word;
  return static_cast<std::size_t>(static_cast<const char*>(top) -
                                  reinterpret_cast<const char*>(word));
}
