// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <arc_identity/core/buffer.hpp>

#ifndef CODE_SIZE
#define CODE_SIZE ""
#endif

namespace {

using arc_identity::mutable_buffer;

}  // namespace

TEST_CASE("buffer: a container of char converts with its whole size" CODE_SIZE) {
  char array[5] = {};
  std::array<char, 3> standard_array{};
  std::vector<char> vector(7);
  std::string string(9, ' ');
  CHECK(mutable_buffer(array).data() == array);
  CHECK(mutable_buffer(array).size() == 5);
  CHECK(mutable_buffer(standard_array).data() == standard_array.data());
  CHECK(mutable_buffer(standard_array).size() == 3);
  CHECK(mutable_buffer(vector).data() == vector.data());
  CHECK(mutable_buffer(vector).size() == 7);
  CHECK(mutable_buffer(string).data() == string.data());
  CHECK(mutable_buffer(string).size() == 9);
  CHECK(mutable_buffer(array, 2).size() == 2);
}

TEST_CASE("buffer: the default is empty" CODE_SIZE) {
  constexpr mutable_buffer none;
  CHECK(none.empty());
  CHECK(none.size() == 0);
  CHECK(none.data() == nullptr);
  CHECK(none.begin() == none.end());
}

TEST_CASE("buffer: constants and other element types do not convert" CODE_SIZE) {
  static_assert(!std::is_constructible_v<mutable_buffer, const std::string&>);
  static_assert(!std::is_constructible_v<mutable_buffer, std::string_view>);
  static_assert(!std::is_constructible_v<mutable_buffer, const char(&)[4]>);
  static_assert(!std::is_constructible_v<mutable_buffer, std::vector<int>&>);
  static_assert(!std::is_constructible_v<mutable_buffer, const std::vector<char>&>);
  static_assert(std::is_trivially_copyable_v<mutable_buffer>);
  CHECK(true);
}

TEST_CASE("buffer: first() and after() give parts" CODE_SIZE) {
  char array[] = {'a', 'b', 'c', 'd'};
  const mutable_buffer buffer(array);
  CHECK(buffer.first(2).data() == array);
  CHECK(buffer.first(2).size() == 2);
  CHECK(buffer.after(1).data() == array + 1);
  CHECK(buffer.after(1).size() == 3);
  CHECK(buffer.after(4).empty());
  CHECK(buffer.first(0).empty());
  CHECK(std::string(buffer.begin(), buffer.end()) == "abcd");
  const mutable_buffer part =
      arc_identity::detail::writable(buffer, std::string_view(array + 1, 2));
  CHECK(part.data() == array + 1);
  CHECK(part.size() == 2);
}

TEST_CASE("buffer: wipe() zeroes the given bytes and no others" CODE_SIZE) {
  char array[] = {'s', 'e', 'c', 'r', 'e', 't'};
  arc_identity::wipe(mutable_buffer(array).after(1).first(4));
  CHECK(std::string(array, 6) == std::string("s\0\0\0\0t", 6));
  arc_identity::wipe({});
  arc_identity::wipe(mutable_buffer(array).first(0));
  CHECK(array[0] == 's');
}

TEST_CASE("buffer: copy_secret() may overlap downwards, copy_up() upwards" CODE_SIZE) {
  char memory[] = "0123456789";
  arc_identity::detail::copy_secret(memory, "abc");
  CHECK(std::string_view(memory) == "abc3456789");
  arc_identity::detail::copy_up(memory + 2, memory, 6);
  CHECK(std::string_view(memory) == "ababc34589");
  arc_identity::detail::copy_secret(memory, memory + 2, 6);
  CHECK(std::string_view(memory) == "abc3454589");
  arc_identity::detail::copy_secret(memory, {});
  arc_identity::detail::copy_secret(memory, nullptr, 0);
  arc_identity::detail::copy_up(memory, nullptr, 0);
  CHECK(std::string_view(memory) == "abc3454589");
}
