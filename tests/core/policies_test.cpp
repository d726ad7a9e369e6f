// SPDX-License-Identifier: MIT
//
// The types that the policy checks accept. What they refuse, and with which message, is in
// tests/must_not_compile.
#include <doctest/doctest.h>

#include <chrono>
#include <string_view>

#include <arc_identity/core/policies.hpp>

namespace {

namespace detail = arc_identity::detail;
using arc_identity::const_buffer;
using arc_identity::io_result;
using arc_identity::io_status;
using arc_identity::key_file_result;
using arc_identity::key_file_status;
using arc_identity::loopback_address;
using arc_identity::mutable_buffer;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct exact_transport {
  io_result connect(const loopback_address& peer, milliseconds timeout);
  io_result send(const_buffer bytes, milliseconds timeout);
  io_result receive(mutable_buffer space, milliseconds timeout);
  void close();
};

/// Its methods have parameters by value, other units of time, or further parameters with defaults,
/// or are static or templates. The client can call all of them.
struct lenient_transport {
  static io_result connect(loopback_address peer, std::chrono::microseconds timeout, int flags = 0);
  io_result send(std::string_view bytes, milliseconds timeout) const;
  template <class Space>
  io_result receive(Space space, milliseconds timeout) noexcept;
  void close() noexcept;
};

struct exact_clock {
  milliseconds now();
  seconds unix_time();
  void sleep_for(milliseconds time);
};

struct lenient_clock {
  seconds now() const;
  std::chrono::hours unix_time() const noexcept;
  static void sleep_for(std::chrono::nanoseconds time);
};

struct exact_reader {
  key_file_result read(const char* path, mutable_buffer space);
};

struct lenient_reader {
  key_file_result read(std::string_view path, mutable_buffer space) const;
};

struct empty {};

struct other_results {
  int connect(const loopback_address& peer, milliseconds timeout);
  void send(const_buffer bytes, milliseconds timeout);
  bool receive(mutable_buffer space, milliseconds timeout);
  int now();
  double unix_time();
  bool read(const char* path, mutable_buffer space);
};

struct other_parameters {
  io_result connect(milliseconds timeout);
  io_result send(mutable_buffer bytes, milliseconds timeout);
  io_result receive(const_buffer space);
  void close(int how);
  void sleep_for();
  key_file_result read(char* path, mutable_buffer space);
};

class hidden_methods {
  void close();
  milliseconds now();
};

}  // namespace

TEST_CASE("policies: any type that can be called like the policies is accepted") {
  static_assert(detail::check_transport<exact_transport>());
  static_assert(detail::check_transport<lenient_transport>());
  static_assert(detail::check_clock<exact_clock>());
  static_assert(detail::check_clock<lenient_clock>());
  static_assert(detail::check_key_file_reader<exact_reader>());
  static_assert(detail::check_key_file_reader<lenient_reader>());
  CHECK(true);
}

TEST_CASE("policies: a type without a method, or with another result or parameter, is refused") {
  static_assert(!detail::has_connect<empty>::value);
  static_assert(!detail::has_send<empty>::value);
  static_assert(!detail::has_receive<empty>::value);
  static_assert(!detail::has_close<empty>::value);
  static_assert(!detail::has_now<empty>::value);
  static_assert(!detail::has_unix_time<empty>::value);
  static_assert(!detail::has_sleep_for<empty>::value);
  static_assert(!detail::has_read<empty>::value);

  static_assert(!detail::has_connect<other_results>::value);
  static_assert(!detail::has_send<other_results>::value);
  static_assert(!detail::has_receive<other_results>::value);
  static_assert(!detail::has_now<other_results>::value);
  static_assert(!detail::has_unix_time<other_results>::value);
  static_assert(!detail::has_read<other_results>::value);

  static_assert(!detail::has_connect<other_parameters>::value);
  static_assert(!detail::has_send<other_parameters>::value);
  static_assert(!detail::has_receive<other_parameters>::value);
  static_assert(!detail::has_close<other_parameters>::value);
  static_assert(!detail::has_sleep_for<other_parameters>::value);
  static_assert(!detail::has_read<other_parameters>::value);

  static_assert(!detail::has_close<hidden_methods>::value);
  static_assert(!detail::has_now<hidden_methods>::value);
  CHECK(true);
}

TEST_CASE("policies: default results mean success with zero bytes") {
  CHECK(io_result{}.status == io_status::ok);
  CHECK(io_result{}.count == 0);
  CHECK(io_result{}.system_error == 0);
  CHECK(key_file_result{}.status == key_file_status::ok);
  CHECK(key_file_result{}.size == 0);
  CHECK(key_file_result{}.reason == nullptr);
  CHECK(key_file_result{}.remedy == nullptr);
  CHECK(arc_identity::max_key_bytes == 4096);
}
