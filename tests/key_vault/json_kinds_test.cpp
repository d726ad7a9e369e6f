// SPDX-License-Identifier: MIT
// Each reader of a vault's JSON, with a value of each kind in place of each member.

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

#include <support/json_kinds.hpp>
#include <support/message.hpp>

#include <arc_identity/key_vault.hpp>
#include <arc_identity/testing/manual_clock.hpp>
#include <arc_identity/testing/scripted_https.hpp>

namespace {

using arc_identity::access_token;
using arc_identity::errc;
using arc_identity::result;
using arc_identity::token_request;
using arc_identity::json::kind;
using arc_identity::testing::scripted_https;
using test::json_member;
using test::json_object;
using test::json_text;
using test::json_texts;

struct credential {
  result<access_token> get_token(const token_request& request) {
    return access_token::make("token", request.resource, std::chrono::seconds(1));
  }
  result<access_token> force_refresh(const token_request& request, const access_token&) {
    return get_token(request);
  }
};

using vault_type =
    arc_identity::basic_key_vault<scripted_https, credential, arc_identity::testing::manual_clock>;

/// A vault that answers with `status` and `body`.
vault_type answering(int status, const std::string& body) {
  scripted_https https;
  https.on_get(status, body);
  arc_identity::key_vault_options options;
  options.max_attempts = 1;
  return vault_type(credential{}, "https://my.vault.azure.net", options, https);
}

const std::string id = R"("id":"https://my.vault.azure.net/secrets/a/1")";

std::string secret_with(const std::string& member) {
  return json_object({R"("value":"v")", id, member});
}

std::string attributes(const std::string& member) { return "\"attributes\":{" + member + "}"; }

}  // namespace

TEST_CASE("vault json kinds: a secret's value must be a string") {
  for (const json_text& value : json_texts()) {
    CAPTURE(value.text);
    auto vault = answering(200, json_object({json_member("value", value), id}));
    const auto secret = vault.get_secret("a");
    CHECK(secret.has_value() == (value.kind == kind::string));
    if (secret) CHECK(secret->value.view() == value.meaning);
    if (!secret) CHECK(secret.error().code() == errc::invalid_vault_response);
  }
}

TEST_CASE("vault json kinds: a secret's id must be a string with an identifier") {
  for (const json_text& value : json_texts()) {
    CAPTURE(value.text);
    const std::string member = json_member("id", value);
    auto vault = answering(200, json_object({R"("value":"v")", member}));
    CHECK_FALSE(vault.get_secret("a"));
    auto list = answering(200, "{\"value\":[" + json_object({member}) + "]}");
    CHECK_FALSE(list.list_secrets());
  }
}

TEST_CASE("vault json kinds: a content type that is not a string is empty") {
  for (const json_text& value : json_texts()) {
    CAPTURE(value.text);
    const std::string member = json_member("contentType", value);
    auto vault = answering(200, secret_with(member));
    const auto secret = vault.get_secret("a");
    REQUIRE(secret);
    CHECK(secret->properties.content_type == value.meaning);
    auto list = answering(200, "{\"value\":[" + json_object({id, member}) + "]}");
    const auto page = list.list_secrets();
    REQUIRE(page);
    REQUIRE(page->secrets.size() == 1);
    CHECK(page->secrets[0].content_type == value.meaning);
    auto certificate = answering(200, secret_with(member));
    CHECK_FALSE(certificate.get_certificate("a"));
  }
}

TEST_CASE("vault json kinds: only the boolean false disables a secret") {
  for (const json_text& value : json_texts()) {
    CAPTURE(value.text);
    auto vault = answering(200, secret_with(attributes(json_member("enabled", value))));
    const auto secret = vault.get_secret("a");
    REQUIRE(secret);
    CHECK(secret->properties.enabled == (value.text != "false"));
  }
}

TEST_CASE("vault json kinds: a time that is not a number of seconds counts as unset") {
  for (const char* const name : {"nbf", "exp", "created", "updated"}) {
    for (const json_text& value : json_texts()) {
      CAPTURE(name);
      CAPTURE(value.text);
      auto vault = answering(200, secret_with(attributes(json_member(name, value))));
      const auto secret = vault.get_secret("a");
      REQUIRE(secret);
      const auto& found = secret->properties;
      const std::int64_t expected = value.text == "7" || value.meaning == "7" ? 7 : 0;
      CHECK(found.not_before.count() + found.expires_on.count() + found.created.count() +
                found.updated.count() ==
            expected);
    }
  }
}

TEST_CASE("vault json kinds: attributes, tags and other members may be of any kind") {
  for (const char* const name : {"attributes", "tags", "managed", "kid"}) {
    for (const json_text& value : json_texts()) {
      CAPTURE(name);
      CAPTURE(value.text);
      auto vault = answering(200, secret_with(json_member(name, value)));
      const auto secret = vault.get_secret("a");
      REQUIRE(secret);
      CHECK(secret->properties.enabled);
    }
  }
}

TEST_CASE("vault json kinds: a list must be an array of objects, or null") {
  for (const json_text& value : json_texts()) {
    CAPTURE(value.text);
    auto vault = answering(200, json_object({json_member("value", value), R"("nextLink":null)"}));
    const auto page = vault.list_secrets();
    CHECK(page.has_value() == (value.text == "[]" || value.kind == kind::null));
    if (page) CHECK(page->secrets.empty());
    const std::string entry = value.text.empty() ? "{}" : value.text;
    auto entries = answering(200, "{\"value\":[{" + id + "}, " + entry + "]}");
    CHECK_FALSE(entries.list_secrets());
  }
}

TEST_CASE("vault json kinds: a next link that is not a string counts as absent") {
  for (const json_text& value : json_texts()) {
    CAPTURE(value.text);
    auto vault = answering(200, json_object({R"("value":[])", json_member("nextLink", value)}));
    const auto page = vault.list_secrets();
    REQUIRE(page);
    CHECK(page->next_link == value.meaning);
    if (!value.meaning.empty()) CHECK_FALSE(vault.next_page(*page));
  }
}

TEST_CASE("vault json kinds: a response that is not an object is neither secret nor page") {
  for (const json_text& value : json_texts()) {
    CAPTURE(value.text);
    auto vault = answering(200, value.text);
    CHECK_FALSE(vault.get_secret("a"));
    auto list = answering(200, value.text);
    CHECK_FALSE(list.list_secrets());
  }
}

TEST_CASE("vault json kinds: an error is reported with members of each kind") {
  for (const int status : {400, 403, 404, 429}) {
    for (const char* const place : {"error", "code", "message", "innererror", "inner code"}) {
      for (const json_text& value : json_texts()) {
        CAPTURE(status);
        CAPTURE(place);
        CAPTURE(value.text);
        const auto at = [&](const char* name) {
          return name == std::string(place) ? json_member(name, value) : std::string();
        };
        const std::string inner = place == std::string("inner code")
                                      ? "\"innererror\":{" + json_member("code", value) + "}"
                                      : at("innererror");
        const std::string error =
            place == std::string("error")
                ? json_member("error", value)
                : "\"error\":" + json_object({at("code"), at("message"), inner});
        auto vault = answering(status, json_object({error}));
        const auto secret = vault.get_secret("a");
        REQUIRE_FALSE(secret);
        CHECK(test::is_fit_to_print(secret.error()));
        CHECK(test::contains(secret.error(), "HTTP " + std::to_string(status)));
        const bool is_word = place != std::string("error") && place != std::string("innererror");
        if (is_word) CHECK(test::contains(secret.error(), value.meaning));
      }
    }
  }
}
