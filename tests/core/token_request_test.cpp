// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include <arc_identity/core/token_request.hpp>

namespace {

using arc_identity::managed_identity_id;
using arc_identity::managed_identity_kind;
using arc_identity::token_request;

std::string rejection_of(const token_request& request) {
  return arc_identity::detail::sentence_of(arc_identity::detail::check(request));
}

}  // namespace

TEST_CASE("token_request: a resource and the system-assigned identity") {
  constexpr token_request request{"https://vault.azure.net"};
  CHECK(request.resource == "https://vault.azure.net");
  CHECK(request.identity.kind() == managed_identity_kind::system_assigned);
  CHECK(rejection_of(request) == "");
}

TEST_CASE("token_request: constructible from each kind of string, with an identity") {
  const std::string text = "https://management.azure.com/";
  CHECK(token_request(text).resource == text);
  CHECK(token_request(std::string_view(text)).resource == text);
  const token_request request(text, managed_identity_id::client_id("id"));
  CHECK(request.identity.kind() == managed_identity_kind::client_id);
  CHECK(request.identity.value() == "id");
  CHECK(rejection_of(request) == "");
}

TEST_CASE("token_request: a scope becomes its resource") {
  CHECK(token_request("https://vault.azure.net/.default").resource == "https://vault.azure.net");
  CHECK(token_request("https://storage.azure.com//.default").resource ==
        "https://storage.azure.com/");
  CHECK(token_request("api://app/.default").resource == "api://app");
  CHECK(token_request("https://x/.default/.default").resource == "https://x/.default");
  CHECK(token_request("https://x/.default/").resource == "https://x/.default/");
  CHECK(token_request("https://x/.DEFault").resource == "https://x");
  CHECK(token_request("https://x/.defaulT").resource == "https://x");
  CHECK(token_request("https://x/.default@").resource == "https://x/.default@");
  CHECK(token_request(".default").resource == ".default");
  CHECK(token_request("https://x.default").resource == "https://x.default");
}

TEST_CASE("token_request: invalid resources are refused") {
  CHECK(rejection_of({""}) == "the resource is empty");
  CHECK(rejection_of({"/.default"}) == "the resource is empty");
  for (const char* const resource : {"https://x y", " https://x", "https://x\r\n", "https://x\t",
                                     "\x7f", "https://\xc3\xa9", "a\x01"}) {
    CAPTURE(resource);
    CHECK(rejection_of({resource})
              .find("the resource contains a character that is not visible ASCII") == 0);
  }
  CHECK_FALSE(rejection_of({std::string_view("a\0b", 3)}).empty());
}

TEST_CASE("token_request: invalid ids of identities are refused") {
  const auto with = [](managed_identity_id identity) {
    return rejection_of({"https://x", identity});
  };
  CHECK(with(managed_identity_id::client_id("")) == "the identity's id is empty");
  CHECK(with(managed_identity_id::object_id("")) == "the identity's id is empty");
  CHECK(with(managed_identity_id::resource_id("")) == "the identity's id is empty");
  CHECK(with(managed_identity_id::client_id("a\nb")) ==
        "the identity's id contains a control character");
  CHECK(with(managed_identity_id::resource_id("\x7f")) ==
        "the identity's id contains a control character");
  CHECK(with(managed_identity_id::resource_id(std::string_view("\0", 1))) ==
        "the identity's id contains a control character");
  CHECK(with(managed_identity_id::resource_id("/subscriptions/x/resourceGroups/\xc3\xa9 (1)")) ==
        "");
}
