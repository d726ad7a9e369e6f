// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <type_traits>
#include <utility>

#include <arc_identity/key_vault/secret_text.hpp>

using arc_identity::secret_text;

TEST_CASE("secret text: holds any bytes, including zeros") {
  secret_text text(std::string_view("a\0b", 3));
  CHECK(text.view() == std::string_view("a\0b", 3));
  text.append("cd");
  text.push_back('e');
  CHECK(text.view() == std::string_view("a\0bcde", 6));
  CHECK(text.size() == 6);
  text.clear();
  CHECK(text.empty());
  CHECK(text.view().empty());
}

TEST_CASE("secret text: can be moved, not copied") {
  static_assert(!std::is_copy_constructible_v<secret_text>);
  static_assert(!std::is_copy_assignable_v<secret_text>);
  secret_text first("secret");
  secret_text second(std::move(first));
  CHECK(second.view() == "secret");
  CHECK(first.empty());  // NOLINT(bugprone-use-after-move): this is what is tested.
}

TEST_CASE("secret text: streaming does not show it") {
  std::ostringstream out;
  out << secret_text("hunter2") << ' ' << secret_text();
  CHECK(out.str() == "secret_text(secret) secret_text(none)");
}
