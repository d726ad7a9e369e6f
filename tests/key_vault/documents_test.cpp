// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <string>

#include <support/message.hpp>

#include <arc_identity/key_vault/documents.hpp>

namespace {

using arc_identity::certificate_format;
using arc_identity::key_vault_certificate;
using arc_identity::key_vault_page;
using arc_identity::key_vault_secret;
using arc_identity::secret_text;

std::string read(const std::string& body, key_vault_secret& secret) {
  secret_text text{std::string_view(body)};
  const auto rejection = arc_identity::detail::read_secret_body(text, secret);
  return rejection == nullptr ? "" : rejection.c_str();
}

/// Why `body` is not a secret.
std::string rejection_of(const std::string& body) {
  key_vault_secret secret;
  return read(body, secret);
}

std::string read(const std::string& body, key_vault_page& page) {
  secret_text text{std::string_view(body)};
  const auto rejection = arc_identity::detail::read_page(text, page);
  return rejection == nullptr ? "" : rejection.c_str();
}

std::string rejection_of_page(const std::string& body) {
  key_vault_page page;
  return read(body, page);
}

std::string read(const std::string& type, const std::string& value,
                 key_vault_certificate& certificate) {
  key_vault_secret secret;
  secret.value = secret_text(value);
  secret.properties.content_type = type;
  const auto rejection = arc_identity::detail::read_certificate(secret, certificate);
  return rejection == nullptr ? "" : rejection.c_str();
}

/// CODE|DESCRIPTION
std::string error_text_in(const std::string& body) {
  secret_text text{std::string_view(body)};
  const arc_identity::detail::peer_error words =
      arc_identity::detail::read_vault_error(text.buffer());
  return std::string(words.code) + '|' + std::string(words.description);
}

}  // namespace

TEST_CASE("vault documents: a secret and its properties are read") {
  key_vault_secret secret;
  CHECK(
      read(
          R"({"value":"a\nb\u00e9","contentType":"text/plain",)"
          R"("id":"https://my.vault.azure.net/secrets/db-password/4387e9f3d6e14c459867679a90fd0f79",)"
          R"("attributes":{"enabled":true,"nbf":1,"exp":2000000000,"created":1493938410,)"
          R"("updated":1493938411,"recoveryLevel":"Recoverable+Purgeable"},)"
          R"("tags":{"value":"no","id":"n\u006f", "a\"b":"","x":null,"y":["z",{"z":"z"}],"z":"{"}})",
          secret)
          .empty());
  CHECK(secret.value.view() == "a\nb\xc3\xa9");
  CHECK(secret.properties.content_type == "text/plain");
  CHECK(secret.properties.name == "db-password");
  CHECK(secret.properties.version == "4387e9f3d6e14c459867679a90fd0f79");
  CHECK(secret.properties.enabled);
  CHECK(secret.properties.not_before.count() == 1);
  CHECK(secret.properties.expires_on.count() == 2000000000);
  CHECK(secret.properties.created.count() == 1493938410);
  CHECK(secret.properties.updated.count() == 1493938411);
  std::string tags;
  for (const auto& tag : secret.properties.tags) tags += tag.name + '=' + tag.value + ';';
  CHECK(tags == "value=no;id=no;a\"b=;z={;");
}

TEST_CASE("vault documents: tags that are not an object are empty") {
  for (const char* tags : {"null", "[]", R"(["a","b"])", R"("a")", "7", "{}", R"("{\"a")"}) {
    CAPTURE(tags);
    key_vault_secret secret;
    CHECK(
        read(std::string(R"({"id":"https://v/secrets/a","value":"","tags":)") + tags + '}', secret)
            .empty());
    CHECK(secret.properties.tags.empty());
  }
}

TEST_CASE("vault documents: optional members may be missing") {
  key_vault_secret secret;
  CHECK(read(R"({"id":"https://v/secrets/a","value":""})", secret).empty());
  CHECK(secret.value.empty());
  CHECK(secret.properties.id == "https://v/secrets/a");
  CHECK(secret.properties.name == "a");
  CHECK(secret.properties.version.empty());
  CHECK(secret.properties.enabled);
  CHECK(secret.properties.expires_on.count() == 0);
}

TEST_CASE("vault documents: other documents are not a secret") {
  CHECK(rejection_of("") == "the vault's response is not valid JSON, or not an object");
  CHECK(rejection_of("<html>") == "the vault's response is not valid JSON, or not an object");
  CHECK(rejection_of(R"({"value":"x","id":"https://v/secrets/a/1")") ==
        "the vault's response is not valid JSON, or not an object");
  CHECK(rejection_of(R"({"id":"https://v/secrets/a/1"})") == "the vault's response has no value");
  CHECK(rejection_of(R"({"value":7,"id":"https://v/secrets/a/1"})") ==
        "the vault's response has no value");
  CHECK(rejection_of(R"({"value":"x","value":"y","id":"https://v/secrets/a/1"})") ==
        "the vault's response repeats a member");
  for (const char* id : {"", "a", "https://v/keys/a/1", "https://v/secrets/", "https://v",
                         "http://v/secrets/a", "https://v/secrets"}) {
    CAPTURE(id);
    CHECK(rejection_of(std::string(R"({"value":"x","id":")") + id + "\"}") ==
          "the vault's response has no valid secret id");
  }
  CHECK(rejection_of(R"([{"value":"x"}])") ==
        "the vault's response is not valid JSON, or not an object");
}

TEST_CASE("vault documents: a page of secrets is read") {
  key_vault_page page;
  CHECK(read(R"({"value":[ {"id":"https://v/secrets/a","attributes":{"enabled":false},)"
             R"("tags":{"x":"]}\"","y":[1,{"id":"https://v/secrets/no"}]}} ,)"
             "\n"
             R"({"contentType":"x-\"[","id":"https:\/\/v/secrets/b"}],)"
             R"("nextLink":"https://v:443/secrets?api-version=7.4&$skiptoken=eyJ"})",
             page)
            .empty());
  REQUIRE(page.secrets.size() == 2);
  CHECK(page.secrets[0].name == "a");
  CHECK_FALSE(page.secrets[0].enabled);
  REQUIRE(page.secrets[0].tags.size() == 1);
  CHECK(page.secrets[0].tags[0].name == "x");
  CHECK(page.secrets[0].tags[0].value == "]}\"");
  CHECK(page.secrets[1].name == "b");
  CHECK(page.secrets[1].enabled);
  CHECK(page.secrets[1].content_type == "x-\"[");
  CHECK(page.next_link == "https://v:443/secrets?api-version=7.4&$skiptoken=eyJ");
}

TEST_CASE("vault documents: an empty page and the last page are read") {
  key_vault_page page;
  CHECK(read(R"({"value":[],"nextLink":null})", page).empty());
  CHECK(page.secrets.empty());
  CHECK(page.next_link.empty());
  CHECK(read(R"({"value": [ ]})", page).empty());
  CHECK(page.secrets.empty());
  CHECK(read(R"({"value":null,"nextLink":null})", page).empty());
  CHECK(page.secrets.empty());
}

TEST_CASE("vault documents: other documents are not a page") {
  CHECK(rejection_of_page("") == "the vault's response is not valid JSON, or not an object");
  CHECK(rejection_of_page("{}") == "the vault's response has no list of secrets");
  CHECK(rejection_of_page(R"({"value":{}})") == "the vault's response has no list of secrets");
  CHECK(rejection_of_page(R"({"value":"["})") == "the vault's response has no list of secrets");
  for (const char* list :
       {"[1]", "[[]]", R"(["{}"])", "[null]", R"([{"id":"https://v/secrets/a"},1])"}) {
    CAPTURE(list);
    CHECK(rejection_of_page(std::string(R"({"value":)") + list + '}') ==
          "an entry of the vault's list is not an object");
  }
  CHECK(rejection_of_page(R"({"value":[{}]})") == "the vault's response has no valid secret id");
  CHECK(
      rejection_of_page(R"({"value":[{"id":"https://v/secrets/a","id":"https://v/secrets/b"}]})") ==
      "the vault's response repeats a member");
}

TEST_CASE("vault documents: a certificate as PEM and as PFX is read") {
  const std::string pem = "-----BEGIN PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\n";
  key_vault_certificate certificate;
  CHECK(read("application/x-pem-file", pem, certificate).empty());
  CHECK(certificate.format == certificate_format::pem);
  CHECK(certificate.content.view() == pem);
  CHECK(certificate.properties.content_type == "application/x-pem-file");

  key_vault_certificate pfx;
  CHECK(read("Application/X-PKCS12", "MIIB", pfx).empty());
  CHECK(pfx.format == certificate_format::pfx);
  CHECK(pfx.content.view() == std::string("\x30\x82\x01"));
}

TEST_CASE("vault documents: other secrets are not certificates with a key") {
  const auto rejection = [](const std::string& type, const std::string& value) {
    key_vault_certificate certificate;
    return read(type, value, certificate);
  };
  CHECK(rejection("text/plain", "x") == "the secret of that name is not a certificate");
  CHECK(rejection("", "x") == "the secret of that name is not a certificate");
  CHECK(rejection("application/x-pem-file", "-----BEGIN CERTIFICATE-----") ==
        "the vault does not allow export of the certificate's private key");
  CHECK(rejection("application/x-pkcs12", "MII") == "the vault's PFX is not base64");
  CHECK(rejection("application/x-pkcs12", "") == "the vault's PFX is not base64");
}

TEST_CASE("vault documents: the vault's error is read") {
  CHECK(error_text_in(R"({"error":{"code":"SecretNotFound","message":"A secret with ..."}})") ==
        "SecretNotFound|A secret with ...");
  CHECK(error_text_in(R"({"error":{"code":"Forbidden","message":"Caller \"x\"\r\n",)"
                      R"("innererror":{"code":"ForbiddenByRbac"}}})") ==
        "ForbiddenByRbac|Caller \"x\"\r\n");
  CHECK(error_text_in(R"({"error":{"code":"Forbidden","innererror":{}}})") == "Forbidden|");
  CHECK(error_text_in(R"({"error":{"code":"Forbidden","innererror":null}})") == "Forbidden|");
  CHECK(error_text_in(R"({"error":{"code":"Forbidden","innererror":{"code":"\u0065yJ0"}}})") ==
        "Forbidden|");  // It may be a token.
  CHECK(error_text_in(R"({"error":{"code":"Forbidden","innererror":{"code":"\\u0065yJ0"}}})") ==
        "Forbidden|");
  CHECK(error_text_in("<html>502 Bad Gateway</html>") == "|<html>502 Bad Gateway</html>");
  CHECK(error_text_in("") == "|");
  CHECK(error_text_in(R"({"error":7})") == R"(|{"error":7})");
}

TEST_CASE("vault documents: a gateway's error in its own format is read") {
  CHECK(error_text_in(R"({"statusCode":403,"message":"No \u0041ccess"})") == "|No Access");
  CHECK(error_text_in(R"({"StatusCode":500,"Message":"No access"})") == "|No access");
  CHECK(error_text_in(R"({"Error":{"Code":"c","Message":"m"}})") == "c|m");
  CHECK(error_text_in(R"({"error":"c","error_description":"m"})") == "c|m");
  CHECK(error_text_in(R"({"detail":"No access"})") == R"(|{"detail":"No access"})");
}

TEST_CASE("vault documents: a secret under an unexpected status is not quoted") {
  CHECK(error_text_in(R"({"value":"hunter2","id":"https://v.vault.azure.net/secrets/a/1"})") ==
        "|");
  CHECK(error_text_in(R"({ "id":"x", "value" : "hunter)") == "|");  // Truncated.
  CHECK(error_text_in(R"({"error":{"code":"c","message":"m"},"value":"hunter2"})") == "c|m");
  CHECK(error_text_in("no value for a") == "|no value for a");
}

TEST_CASE("vault documents: texts that might contain a token are omitted") {
  CHECK(error_text_in("you sent eyJ0eXAi") == "|");
  CHECK(error_text_in(R"({"error":{"code":"x","message":"you sent eyJ0eXAi"}})") == "|");
}
