// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <string>

#include <arc_identity/key_vault/https_url.hpp>

namespace {

using arc_identity::detail::https_url;
using arc_identity::detail::lies_under;
using arc_identity::detail::parse_https_url;

/// HOST PORT TARGET, or why it is invalid.
std::string parts(std::string_view text) {
  https_url url;
  const auto rejection = parse_https_url(text, url);
  if (rejection != nullptr) return rejection.c_str();
  return std::string(url.host) + ' ' + std::to_string(url.port) + ' ' + std::string(url.target);
}

}  // namespace

TEST_CASE("https url: is split into host, port and target") {
  CHECK(parts("https://x.vault.azure.net") == "x.vault.azure.net 443 ");
  CHECK(parts("HTTPS://X.Vault.azure.net/") == "X.Vault.azure.net 443 /");
  CHECK(parts("https://x:8443/a?b=c#d") == "x 8443 /a?b=c#d");
  CHECK(parts("https://x:443?b") == "x 443 ?b");
  CHECK(parts("https://x#f") == "x 443 #f");
  CHECK(parts("https://a-1.b2:1") == "a-1.b2 1 ");
  CHECK(parts("https://x:65535/@:") == "x 65535 /@:");
}

TEST_CASE("https url: only https is accepted") {
  for (const char* text : {"", "http://x", "https:/x", "https:x", "x.vault.azure.net", " https://x",
                           "httpss://x", "ftp://x"}) {
    CAPTURE(text);
    CHECK(parts(text) == "the URL does not begin with https://");
  }
}

TEST_CASE("https url: only a DNS name is a host") {
  for (const char* host : {"", ".", "x.", ".x", "x..y", "[::1]", "x_y", "-x", "x-", "a.-b", "%78",
                           "x\\y", "*.x", "x,y", "x;y", "x&y", "x=y", "x'"}) {
    CAPTURE(host);
    CHECK(parts(std::string("https://") + host + "/a") == "the URL's host is not a DNS name");
  }
  const std::string label(63, 'a');
  CHECK(parts("https://" + label) == label + " 443 ");
  CHECK(parts("https://" + label + "a") == "the URL's host is not a DNS name");
  std::string longest = label + '.' + label + '.' + label + '.' + std::string(61, 'a');
  CHECK(longest.size() == 253);
  CHECK(parts("https://" + longest) == longest + " 443 ");
  CHECK(parts("https://" + longest + 'a') == "the URL's host is not a DNS name");
}

TEST_CASE("https url: user info is rejected") {
  for (const char* text : {"https://user@x", "https://user:pw@x", "https://x:1@y/a", "https://@"}) {
    CAPTURE(text);
    CHECK(parts(text) == "the URL contains user info");
  }
}

TEST_CASE("https url: a port must be a number from 1 to 65535") {
  for (const char* port : {"", "0", "65536", "99999999999999999999", "-1", "1x", "x", "1:2"}) {
    CAPTURE(port);
    CHECK(parts(std::string("https://x:") + port) ==
          "the URL's port is not a number from 1 to 65535");
  }
}

TEST_CASE("https url: only visible ASCII is accepted") {
  for (const char* text : {"https://x /", "https://x/\n", "https://x/\x7f", "https://\xc3\xa9",
                           "https://x/\t", "https://x/a\r\nHost: y"}) {
    CAPTURE(text);
    CHECK(parts(text).find("white space") != std::string::npos);
  }
}

TEST_CASE("https url: a host is under a domain only at a label boundary") {
  CHECK(lies_under("x.vault.azure.net", "vault.azure.net"));
  CHECK(lies_under("X.VAULT.azure.net", "vault.Azure.NET"));
  CHECK(lies_under("y.x.vault.azure.net", "vault.azure.net"));
  CHECK_FALSE(lies_under("evilvault.azure.net", "vault.azure.net"));
  CHECK_FALSE(lies_under("vault.azure.net", "vault.azure.net"));
  CHECK_FALSE(lies_under(".vault.azure.net", "x.vault.azure.net"));
  CHECK_FALSE(lies_under("x.vault.azure.net.evil.com", "vault.azure.net"));
  CHECK_FALSE(lies_under("x.vault.azure.nex", "vault.azure.net"));
  CHECK_FALSE(lies_under("net", "vault.azure.net"));
  CHECK_FALSE(lies_under("", "vault.azure.net"));
}
