// SPDX-License-Identifier: MIT
// An accepted endpoint is on loopback, and valid in a request.
//
// Input: the URL.

#include <string>

#include <arc_identity/core/endpoint.hpp>

#include "fuzz.hpp"

namespace {

using arc_identity::endpoint;
using arc_identity::loopback_address;
using fuzz::require;

bool same(const loopback_address& a, const loopback_address& b) {
  return a.is_ipv6 == b.is_ipv6 && a.port == b.port && (a.is_ipv6 || a.ipv4[3] == b.ipv4[3]);
}

/// The characters of a path (RFC 3986, 3.3).
bool is_path_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         (c != 0 && fuzz::contains("/-._~%!$&'()*+,;=:@", {&c, 1}));
}

void check_endpoint(const endpoint& accepted, std::string_view url) {
  require(accepted.address_count() >= 1 && accepted.address_count() <= 2, "one address or two");
  for (std::size_t i = 0; i < accepted.address_count(); ++i) {
    const loopback_address address = accepted.address(i);
    require(address.is_ipv6 || address.ipv4[0] == 127, "an address is on loopback");
    require(address.port != 0, "a port is not 0");
  }
  require(fuzz::lies_inside(accepted.authority(), url), "the authority is part of the URL");
  require(!fuzz::contains(accepted.authority(), "@"), "no user info");
  const std::string_view path = accepted.path();
  require(fuzz::lies_inside(path, url) || path == "/metadata/identity/oauth2/token",
          "the path is part of the URL, or the default");
  require(!path.empty() && path.front() == '/', "a path begins with a slash");
  for (const char c : path) require(is_path_char(c), "a path holds what a path may hold");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view url = fuzz::input(data, size).rest();
  const auto accepted = endpoint::parse(url);
  if (!accepted) {
    require(accepted.error().code() == arc_identity::errc::invalid_endpoint, "the code");
    fuzz::require_good_message(accepted.error());
    return 0;
  }
  check_endpoint(*accepted, url);
  const std::string again =
      "http://" + std::string(accepted->authority()) + std::string(accepted->path());
  const auto reparsed = endpoint::parse(again);
  require(reparsed.has_value() && same(reparsed->address(0), accepted->address(0)) &&
              reparsed->path() == accepted->path(),
          "its parts make the same endpoint");
  return 0;
}
