// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <string>

#include <arc_identity/key_vault/base64.hpp>

namespace {

/// The decoded `text`, or "none".
std::string decoded(std::string_view text) {
  arc_identity::secret_text bytes;
  if (!arc_identity::detail::decode_base64(text, bytes)) return "none";
  return std::string(bytes.view());
}

}  // namespace

TEST_CASE("base64: the test vectors of RFC 4648, 10") {
  CHECK(decoded("").empty());
  CHECK(decoded("Zg==") == "f");
  CHECK(decoded("Zm8=") == "fo");
  CHECK(decoded("Zm9v") == "foo");
  CHECK(decoded("Zm9vYg==") == "foob");
  CHECK(decoded("Zm9vYmE=") == "fooba");
  CHECK(decoded("Zm9vYmFy") == "foobar");
}

TEST_CASE("base64: each byte value is decoded") {
  CHECK(decoded("AAECAwQF/v8=") == std::string("\x00\x01\x02\x03\x04\x05\xfe\xff", 8));
  CHECK(decoded("+/+/") == "\xfb\xff\xbf");
}

TEST_CASE("base64: malformed texts are refused") {
  for (const char* text : {"Z", "Zg", "Zg=", "Zm9", "Zm9v=", "Zg==Zg==", "====", "=", "Zm9v\n",
                           "Zm 9", "Zm-_", "Zm9.", "Z===", "Zh==", "Zm9=", "Zg=A", "\xc3\xa9zz"}) {
    CAPTURE(text);
    CHECK(decoded(text) == "none");
  }
}
