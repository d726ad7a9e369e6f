// SPDX-License-Identifier: MIT
// No freed memory contains a vault's secret.

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

#include <support/freed_memory.hpp>

#include <arc_identity/key_vault/documents.hpp>
#include <arc_identity/key_vault/secret_text.hpp>

using arc_identity::secret_text;

TEST_CASE("wiped memory: a secret text is wiped on destruction, growth, clear and assignment") {
  is_watching = true;
  freed_secrets = 0;
  freed_blocks = 0;
  {
    secret_text text(std::string_view("WIPE-ME and more than a short text"));
    for (int i = 0; i < 5000; ++i) text.push_back('x');  // it is reallocated several times
    secret_text other(text.view());
    other.clear();
    other = secret_text(text.view());
    other = std::move(text);
  }
  is_watching = false;
  CHECK(freed_blocks > 5);
  CHECK(freed_secrets == 0);
}

TEST_CASE("wiped memory: the response that contained a secret is wiped") {
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
