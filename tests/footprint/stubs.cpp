// SPDX-License-Identifier: MIT
#include "stubs.hpp"

#include <cstdlib>

using namespace arc_identity;

void show(std::string_view) {}

io_result transport::connect(const loopback_address&, std::chrono::milliseconds) { return {}; }
io_result transport::send(const_buffer, std::chrono::milliseconds) { return {}; }
io_result transport::receive(mutable_buffer, std::chrono::milliseconds) { return {}; }
void transport::close() {}

std::chrono::milliseconds monotonic_clock::now() { return {}; }
std::chrono::seconds monotonic_clock::unix_time() { return {}; }
void monotonic_clock::sleep_for(std::chrono::milliseconds) {}

key_file_result key_file_reader::read(const char*, mutable_buffer) { return {}; }

#ifdef __NEWLIB__
/// Replaces the C library's, which would raise a signal and need the heap.
extern "C" void abort() {
  for (;;) {
  }
}
#endif
