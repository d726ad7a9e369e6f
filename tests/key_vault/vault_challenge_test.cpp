// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <string>

#include <arc_identity/key_vault/vault_challenge.hpp>

namespace {

/// The resource that a vault may get a token for, or why it is rejected.
std::string resource_for(std::string_view fields, std::string_view host = "x.vault.azure.net") {
  std::string_view resource;
  const auto rejection = arc_identity::detail::read_vault_resource(fields, host, resource);
  return rejection != nullptr ? rejection.c_str() : std::string(resource);
}

constexpr const char* vault = "https://vault.azure.net";
constexpr const char* malformed = "the vault's challenge is malformed";
constexpr const char* no_resource = "the vault's challenge names no resource";
constexpr const char* not_a_resource = "the vault's challenge names an invalid resource";
constexpr const char* foreign = "the vault's challenge names a resource of another domain";

}  // namespace

TEST_CASE("vault challenge: each form that Key Vault sends is accepted") {
  CHECK(resource_for(R"(Bearer authorization="https://login.microsoftonline.com/t", )"
                     R"(resource="https://vault.azure.net")") == vault);
  CHECK(resource_for(R"(Bearer authorization="https://login.windows.net/t", )"
                     R"(scope="https://vault.azure.net/.default")") == vault);
  CHECK(resource_for(R"(bearer Resource = "https://vault.azure.net")") == vault);
  CHECK(resource_for(R"(Bearer resource=https://vault.azure.net)") == vault);
  CHECK(resource_for(
            R"(Bearer scope="https://other.net/.default", resource="https://vault.azure.net")") ==
        vault);
  CHECK(resource_for(R"(Bearer resource="https://vault.azure.net/")") ==
        "https://vault.azure.net/");
}

TEST_CASE("vault challenge: the Bearer challenge among several is used") {
  CHECK(resource_for(R"(Basic realm="x", Bearer a="b", resource="https://vault.azure.net")") ==
        vault);
  CHECK(resource_for(R"(PoP authorization="a", resource="https://evil.com", )"
                     R"(Bearer authorization="b", resource="https://vault.azure.net")") == vault);
  CHECK(resource_for(
            R"(Bearer resource="https://vault.azure.net", PoP resource="https://evil.com")") ==
        vault);
  CHECK(resource_for(R"(Bearer realm="x", Bearer resource="https://vault.azure.net")") == vault);
  CHECK(resource_for(R"(Negotiate, , Bearer resource="https://vault.azure.net")") == vault);
}

TEST_CASE("vault challenge: other challenges are refused") {
  CHECK(resource_for("") == no_resource);
  CHECK(resource_for("Bearer") == no_resource);
  CHECK(resource_for("Negotiate") == no_resource);
  CHECK(resource_for(R"(Basic resource="https://vault.azure.net")") == no_resource);
  CHECK(resource_for(R"(Bearer authorization="https://login.microsoftonline.com/t")") ==
        no_resource);
  CHECK(resource_for(R"(Bearer resource="")") == no_resource);
  CHECK(resource_for(R"(Bearer resource)") == malformed);
  CHECK(resource_for(R"(Bearer a="b", ="https://vault.azure.net")") == malformed);
  CHECK(resource_for(R"(Bearer resource="https://vault.azure.net)") == malformed);
  CHECK(resource_for(R"(Bearer resource=https://vault.azure.net")") == malformed);
  CHECK(resource_for(R"(Bearer resource="https://vault.azure.net", resource="https://evil.com")") ==
        "the vault's challenge repeats a parameter");
}

TEST_CASE("vault challenge: the vault's host must be under the resource's domain") {
  const auto ask = [](const std::string& resource, std::string_view host) {
    return resource_for("Bearer resource=\"" + resource + '"', host);
  };
  CHECK(ask("https://vault.azure.net", "my.vault.azure.net") == vault);
  CHECK(ask("https://VAULT.azure.net", "my.vault.Azure.net") == "https://VAULT.azure.net");
  CHECK(ask("https://vault.azure.cn", "my.vault.azure.cn") == "https://vault.azure.cn");
  CHECK(ask("https://vault.azure.net", "evilvault.azure.net") == foreign);
  CHECK(ask("https://vault.azure.net", "vault.azure.net") == foreign);
  CHECK(ask("https://vault.azure.net", "my.vault.azure.net.evil.com") == foreign);
  CHECK(ask("https://management.azure.com", "my.vault.azure.net") == foreign);
  CHECK(ask("https://graph.microsoft.com", "evil.com") == foreign);
  CHECK(ask("https://my.vault.azure.net", "my.vault.azure.net") == foreign);
  for (const char* resource :
       {"http://vault.azure.net", "vault.azure.net", "https://vault.azure.net/x",
        "https://vault.azure.net:444", "https://vault.azure.net?x", "https://a@vault.azure.net",
        "https://", "https://vault.azure.net https://x", "api://vault.azure.net"}) {
    CAPTURE(resource);
    CHECK(ask(resource, "my.vault.azure.net") == not_a_resource);
  }
}
