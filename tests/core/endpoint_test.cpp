// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include <arc_identity/core/endpoint.hpp>
#include <support/message.hpp>

namespace {

using arc_identity::endpoint;
using arc_identity::errc;
using arc_identity::loopback_address;

bool is_ipv4(const loopback_address& address, int a, int b, int c, int d) {
  return !address.is_ipv6 && address.ipv4[0] == a && address.ipv4[1] == b && address.ipv4[2] == c &&
         address.ipv4[3] == d;
}

}  // namespace

TEST_CASE("endpoint: the agent's URL is parsed") {
  const auto parsed = endpoint::parse(arc_identity::default_endpoint_url);
  REQUIRE(parsed);
  CHECK(parsed->authority() == "localhost:40342");
  CHECK(parsed->path() == "/metadata/identity/oauth2/token");
  CHECK(parsed->address(0).port == 40342);
}

TEST_CASE("endpoint: localhost gives 127.0.0.1 and ::1, an address only itself") {
  const auto localhost = endpoint::parse("http://localhost:1234/x");
  REQUIRE(localhost);
  CHECK(localhost->address_count() == 2);
  CHECK(is_ipv4(localhost->address(0), 127, 0, 0, 1));
  CHECK(localhost->address(1).is_ipv6);
  CHECK(localhost->address(0).port == 1234);
  CHECK(localhost->address(1).port == 1234);

  const auto ipv4 = endpoint::parse("http://127.255.0.9:1/x");
  REQUIRE(ipv4);
  CHECK(ipv4->address_count() == 1);
  CHECK(is_ipv4(ipv4->address(0), 127, 255, 0, 9));
  CHECK(ipv4->address(0).port == 1);

  const auto ipv6 = endpoint::parse("http://[::1]:65535/x");
  REQUIRE(ipv6);
  CHECK(ipv6->address_count() == 1);
  CHECK(ipv6->address(0).is_ipv6);
  CHECK(ipv6->address(0).port == 65535);
  CHECK(ipv6->authority() == "[::1]:65535");
}

TEST_CASE("endpoint: assign() replaces the previous URL completely") {
  endpoint reused;
  using arc_identity::detail::reason;
  CHECK(reused.assign("http://127.0.0.9:1/x") == reason::none);
  CHECK(reused.assign("http://localhost:2/y") == reason::none);
  CHECK(is_ipv4(reused.address(0), 127, 0, 0, 1));
  CHECK(reused.address(0).port == 2);
  CHECK(reused.path() == "/y");
  CHECK(reused.assign("http://localhost:0/y") == reason::endpoint_port);
}

TEST_CASE("endpoint: scheme and host are case-insensitive, and the default port is 80") {
  const auto parsed = endpoint::parse("HTTP://LocalHost/Path");
  REQUIRE(parsed);
  CHECK(parsed->address(0).port == 80);
  CHECK(parsed->authority() == "LocalHost");
  CHECK(parsed->path() == "/Path");
  REQUIRE(endpoint::parse("http://[::1]"));
  CHECK(endpoint::parse("http://[::1]")->address(0).port == 80);
  REQUIRE(endpoint::parse("http://127.0.0.1"));
}

TEST_CASE("endpoint: without a path the agent's path is used") {
  for (const char* const url : {"http://localhost", "http://localhost/", "http://localhost:40342",
                                "http://localhost:40342/"}) {
    CAPTURE(url);
    const auto parsed = endpoint::parse(url);
    REQUIRE(parsed);
    CHECK(parsed->path() == "/metadata/identity/oauth2/token");
  }
}

TEST_CASE("endpoint: a path may contain each character of RFC 3986, 3.3") {
  const auto parsed = endpoint::parse("http://localhost/az09-._~!$&'()*+,;=:@%20/x/");
  REQUIRE(parsed);
  CHECK(parsed->path() == "/az09-._~!$&'()*+,;=:@%20/x/");
}

TEST_CASE("endpoint: invalid URLs are refused with the reason") {
  const struct {
    const char* url;
    const char* cause;
  } refused[] = {
      {"", "does not begin with http://"},
      {"localhost:40342", "does not begin with http://"},
      {"ftp://localhost/x", "does not begin with http://"},
      {"http:/localhost/x", "does not begin with http://"},
      {"http:localhost/x", "does not begin with http://"},
      {"//localhost/x", "does not begin with http://"},
      {"file:///etc/passwd", "does not begin with http://"},
      {"https://localhost:40342/x", "does not begin with http://"},
      {"HTTPS://localhost", "does not begin with http://"},
      {"http://", "host is not"},
      {"http:///x", "host is not"},
      {"http://:40342/x", "host is not"},
      {"http://169.254.169.254/metadata", "host is not"},
      {"http://10.0.0.1/x", "host is not"},
      {"http://128.0.0.1/x", "host is not"},
      {"http://126.255.255.255/x", "host is not"},
      {"http://0.0.0.0/x", "host is not"},
      {"http://example.com/x", "host is not"},
      {"http://localhost.example.com/x", "host is not"},
      {"http://localhost./x", "host is not"},
      {"http://local/x", "host is not"},
      {"http://xlocalhost/x", "host is not"},
      {"http://127.0.0.1.example.com/x", "host is not"},
      {"http://127.0.0.1./x", "host is not"},
      {"http://127.0.0/x", "host is not"},
      {"http://127.1/x", "host is not"},
      {"http://127/x", "host is not"},
      {"http://2130706433/x", "host is not"},
      {"http://0x7f.0.0.1/x", "host is not"},
      {"http://0177.0.0.1/x", "host is not"},
      {"http://127.0.0.01/x", "host is not"},
      {"http://127.0.0.256/x", "host is not"},
      {"http://127.0.0.1.1/x", "host is not"},
      {"http://127..0.1/x", "host is not"},
      {"http://.127.0.0.1/x", "host is not"},
      {"http://127.0.0.-1/x", "host is not"},
      {"http://[::]/x", "host is not"},
      {"http://[::2]/x", "host is not"},
      {"http://[::ffff:127.0.0.1]/x", "host is not"},
      {"http://[::1%25lo]/x", "host is not"},
      {"http://[::1/x", "host is not"},
      {"http://::1/x", "host is not"},
      {"http://[localhost]/x", "host is not"},
      {"http://[127.0.0.1]/x", "host is not"},
      {"http://[]/x", "host is not"},
      {"http://user@localhost/x", "user info"},
      {"http://user:password@localhost/x", "user info"},
      {"http://localhost:40342@example.com/x", "user info"},
      {"http://@localhost/x", "user info"},
      {"http://localhost:0/x", "port"},
      {"http://localhost:65536/x", "port"},
      {"http://localhost:99999999999999999999/x", "port"},
      {"http://localhost:/x", "port"},
      {"http://localhost:-1/x", "port"},
      {"http://localhost:+1/x", "port"},
      {"http://localhost:1a/x", "port"},
      {"http://localhost:0x50/x", "port"},
      {"http://localhost:80:80/x", "port"},
      {"http://[::1]40342/x", "port"},
      {"http://[::1]x:1/x", "port"},
      {"http://[::1]]:1/x", "port"},
      {"http://localhost/x?y", "query"},
      {"http://localhost?y", "query"},
      {"http://localhost/x#y", "fragment"},
      {"http://localhost#@example.com/", "fragment"},
      {"http://localhost\\@example.com/", "a forbidden character"},
      {"http://localhost/x\\y", "a forbidden character"},
      {"http://localhost/<x>", "a forbidden character"},
      {"http://localhost/\"x\"", "a forbidden character"},
      {"http://localhost/{x}", "a forbidden character"},
      {"http://localhost/x|y", "a forbidden character"},
      {"http://localhost/x^y", "a forbidden character"},
      {"http://localhost/x`y", "a forbidden character"},
      {"http://localhost/[x]", "a forbidden character"},
      {" http://localhost/x", "visible ASCII"},
      {"http://localhost/x ", "visible ASCII"},
      {"http://local host/x", "visible ASCII"},
      {"http://localhost/x y", "visible ASCII"},
      {"http://localhost/x\r\nX-Forwarded-For: 1", "visible ASCII"},
      {"http://localhost/x\n", "visible ASCII"},
      {"http://localhost/\tx", "visible ASCII"},
      {"http://localhost/\x7f", "visible ASCII"},
      {"http://localhost/\x1b[31m", "visible ASCII"},
      {"http://localhost/\xc3\xa9", "visible ASCII"},
      {"http://\xef\xbd\x8cocalhost/", "visible ASCII"},
  };
  for (const auto& c : refused) {
    CAPTURE(c.url);
    const auto parsed = endpoint::parse(c.url);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code() == errc::invalid_endpoint);
    CHECK(test::contains(parsed.error(), c.cause));
    CHECK(test::contains(parsed.error(), "http://localhost:40342/metadata/identity/oauth2/token"));
    CHECK(test::is_fit_to_print(parsed.error()));
  }
  CHECK_FALSE(endpoint::parse(std::string_view("http://localhost/\0", 18)));
  CHECK_FALSE(endpoint::parse(std::string_view("http://localhost\0.example.com/", 30)));
}

TEST_CASE("endpoint: the message quotes the URL, shortened if it is long") {
  const auto parsed = endpoint::parse("http://" + std::string(5000, 'h') + "/x");
  REQUIRE_FALSE(parsed);
  CHECK(test::contains(parsed.error(), "http://hhh"));
  CHECK(test::contains(parsed.error(), "hhh..."));
  CHECK(test::is_fit_to_print(parsed.error()));
}
