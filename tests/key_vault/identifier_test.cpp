// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <string>

#include <support/message.hpp>

#include <arc_identity/key_vault/identifier.hpp>

using arc_identity::errc;
using arc_identity::key_vault_identifier;

TEST_CASE("key vault identifier: is split into vault, name and version") {
  const auto full = key_vault_identifier::parse("https://my.vault.azure.net/secrets/a-b/0123abc");
  REQUIRE(full);
  CHECK(full->vault == "https://my.vault.azure.net");
  CHECK(full->name == "a-b");
  CHECK(full->version == "0123abc");
  const auto certificate = key_vault_identifier::parse("HTTPS://my:8443/certificates/web");
  REQUIRE(certificate);
  CHECK(certificate->vault == "HTTPS://my:8443");
  CHECK(certificate->name == "web");
  CHECK(certificate->version.empty());
  const auto slash = key_vault_identifier::parse("https://my/secrets/a/");
  REQUIRE(slash);
  CHECK(slash->version.empty());
}

TEST_CASE("key vault identifier: other URLs are refused with an example") {
  for (const char* text : {"",
                           "a",
                           "https://",
                           "https://my",
                           "https://my/",
                           "https://my/secrets",
                           "https://my/secrets/",
                           "https://my/secrets//1",
                           "https://my/keys/a/1",
                           "https://my/Secrets/a",
                           "http://my/secrets/a",
                           "https://my/secrets/a/1/2",
                           "https://my/secrets/a?x",
                           "https://my/secrets/a/1#x",
                           "https://my/secrets/a_b",
                           "https://my/secrets/a/..",
                           "https://my?/secrets/a",
                           "https://user@my/secrets/a",
                           "https://my/secrets/%61",
                           "https://my//secrets/a"}) {
    CAPTURE(text);
    const auto identifier = key_vault_identifier::parse(text);
    REQUIRE_FALSE(identifier);
    CHECK(identifier.error().code() == errc::invalid_argument);
    CHECK(test::is_fit_to_print(identifier.error()));
  }
  const std::string long_name = "https://my/secrets/" + std::string(128, 'a');
  CHECK_FALSE(key_vault_identifier::parse(long_name));
  CHECK(test::contains(key_vault_identifier::parse("https://my/keys/a").error(), "/secrets/NAME"));
}
