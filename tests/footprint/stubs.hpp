// SPDX-License-Identifier: MIT
/// Policies that do nothing, defined in another unit, so that the compiler cannot see through them.
/// They are in one section, which `show` adds to each program that tools/footprint compares.
#pragma once

#include <chrono>
#include <string_view>

#include <arc_identity/core/policies.hpp>

void show(std::string_view text);

struct transport {
  arc_identity::io_result connect(const arc_identity::loopback_address& peer,
                                  std::chrono::milliseconds timeout);
  arc_identity::io_result send(arc_identity::const_buffer bytes, std::chrono::milliseconds timeout);
  arc_identity::io_result receive(arc_identity::mutable_buffer space,
                                  std::chrono::milliseconds timeout);
  void close();
};

struct monotonic_clock {
  std::chrono::milliseconds now();
  std::chrono::seconds unix_time();
  void sleep_for(std::chrono::milliseconds time);
};

struct key_file_reader {
  arc_identity::key_file_result read(const char* path, arc_identity::mutable_buffer space);
};
