// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <type_traits>
#include <utility>

#include <support/freed_memory.hpp>

#include <arc_identity/key_vault/documents.hpp>
#include <arc_identity/key_vault/secret_text.hpp>

using arc_identity::secret_text;

TEST_CASE("secret text: holds what it is given, zeros included") {
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

TEST_CASE("secret text: moves and does not copy") {
  static_assert(!std::is_copy_constructible_v<secret_text>);
  static_assert(!std::is_copy_assignable_v<secret_text>);
  secret_text first("secret");
  secret_text second(std::move(first));
  CHECK(second.view() == "secret");
  CHECK(first.empty());  // NOLINT(bugprone-use-after-move): it is asked for.
}

TEST_CASE("secret text: is not shown by a stream") {
  std::ostringstream out;
  out << secret_text("hunter2") << ' ' << secret_text();
  CHECK(out.str() == "secret_text(secret) secret_text(none)");
}

TEST_CASE("secret text: is wiped when it ends, grows, is cleared or is replaced") {
  is_watching = true;
  freed_secrets = 0;
  freed_blocks = 0;
  {
    secret_text text(std::string_view("WIPE-ME and more than a short text"));
    for (int i = 0; i < 5000; ++i) text.push_back('x');  // Grows several times.
    secret_text other(text.view());
    other.clear();
    other = secret_text(text.view());
    other = std::move(text);
  }
  is_watching = false;
  CHECK(freed_blocks > 5);
  CHECK(freed_secrets == 0);
}

TEST_CASE("secret text: nor is a secret left of the response that it came in") {
  const std::string body =
      R"({"value":"WIPE-ME\u0020and more than a short text","id":"https://v/secrets/a/1"})";
  is_watching = true;
  freed_secrets = 0;
  {
    secret_text response{std::string_view(body)};
    arc_identity::key_vault_secret secret;
    CHECK(arc_identity::detail::read_secret_body(response, secret) == nullptr);
    CHECK(secret.value.view() == "WIPE-ME and more than a short text");
  }
  is_watching = false;
  CHECK(freed_secrets == 0);
}
