// SPDX-License-Identifier: MIT
/// Connects the board to the host over a UART, at whose other end tests/firmware/relay opens
/// connections and files. Implements the functions of lwIP that examples/firmware needs, for one
/// socket at a time.
///
/// Both sides send frames: the kind (one byte), the number of the connection (one byte), the size
/// of the content (two bytes, high byte first), and the content.
///
///     board -> relay   C  connect to the address in 4 bytes and the port in 2
///                      S  send
///                      X  close
///                      K  read the key file of this name
///     relay -> board   O  connected
///                      D  received
///                      E  the peer has closed its side
///                      R  refused, or reset
///                      K  the key file, or nothing if it cannot be read
#pragma once

/// Must be called first.
void start_board();
