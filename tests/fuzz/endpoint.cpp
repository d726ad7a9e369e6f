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
  require(accepted.address_count() >= 1 && accepted.address_count() <= 2,
          "there are one or two addresses");
  for (std::size_t i = 0; i < accepted.address_count(); ++i) {
    const loopback_address address = accepted.address(i);
    require(address.is_ipv6 || address.ipv4[0] == 127, "each address is on loopback");
    require(address.port != 0, "the port is not 0");
  }
  require(fuzz::lies_inside(accepted.authority(), url), "the authority is part of the URL");
  require(!fuzz::contains(accepted.authority(), "@"), "the authority has no user info");
  const std::string_view path = accepted.path();
  require(fuzz::lies_inside(path, url) || path == "/metadata/identity/oauth2/token",
          "the path is part of the URL, or the default");
  require(!path.empty() && path.front() == '/', "the path begins with a slash");
  for (const char c : path) require(is_path_char(c), "the path has only valid characters");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view url = fuzz::input(data, size).rest();
  const auto accepted = endpoint::parse(url);
  if (!accepted) {
    require(accepted.error().code() == arc_identity::errc::invalid_endpoint,
            "the error has an expected code");
    fuzz::require_good_message(accepted.error());
    return 0;
  }
  check_endpoint(*accepted, url);
  const std::string again =
      "http://" + std::string(accepted->authority()) + std::string(accepted->path());
  const auto reparsed = endpoint::parse(again);
  require(reparsed.has_value() && same(reparsed->address(0), accepted->address(0)) &&
              reparsed->path() == accepted->path(),
          "its parts give the same endpoint");
  return 0;
}
