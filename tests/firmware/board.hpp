// SPDX-License-Identifier: MIT
/// The registers used of the board MPS2 with the FPGA image AN385: a UART and a timer of Arm's
/// Cortex-M System Design Kit (Arm's document DDI 0479, chapters 4.3 and 4.2).
#pragma once

#include <cstdint>

struct uart_registers {
  std::uint32_t data;
  std::uint32_t state;
  std::uint32_t control;
  std::uint32_t interrupts;
  std::uint32_t baud_divider;
};
constexpr std::uint32_t uart_transmit_full = 1, uart_receive_full = 2;
constexpr std::uint32_t uart_transmit_on = 1, uart_receive_on = 2;

struct timer_registers {
  std::uint32_t control;
  std::uint32_t value;  ///< counts down, and restarts at `reload` after 0
  std::uint32_t reload;
};
constexpr std::uint32_t timer_on = 1;
constexpr std::uint32_t timer_ticks_per_millisecond = 25'000;

inline volatile uart_registers& uart0() {
  return *reinterpret_cast<volatile uart_registers*>(0x40004000);
}
inline volatile timer_registers& timer0() {
  return *reinterpret_cast<volatile timer_registers*>(0x40000000);
}
