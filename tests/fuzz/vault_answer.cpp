// SPDX-License-Identifier: MIT
// Any document from a vault is read completely or refused with a printable message, and the values
// read are those at their paths.
//
// Input: the requested item; a status; the body.

#include <chrono>
#include <string>
#include <string_view>

#include <arc_identity/key_vault.hpp>
#include <arc_identity/testing/manual_clock.hpp>
#include <arc_identity/testing/scripted_https.hpp>

#include "fuzz.hpp"

namespace {

namespace json = arc_identity::json;
using arc_identity::access_token;
using arc_identity::key_vault_properties;
using arc_identity::result;
using arc_identity::token_request;
using arc_identity::testing::scripted_https;
using fuzz::require;

constexpr int statuses[] = {200, 200, 200, 200, 400, 403, 404, 429};

struct credential {
  result<access_token> get_token(const token_request& request) {
    return access_token::make("token", request.resource, std::chrono::seconds(1));
  }
  result<access_token> force_refresh(const token_request& request, const access_token&) {
    return get_token(request);
  }
};

void check(const key_vault_properties& secret, const json::value& entry) {
  require(entry.kind == json::kind::object, "each secret is an object");
  require(!secret.name.empty(), "each secret has a name");
  require(json::find(entry.text, "id").kind == json::kind::string, "each secret has an id");
  const json::value enabled = json::find(entry.text, "attributes.enabled");
  require(secret.enabled == (enabled.kind != json::kind::boolean || enabled.text != "false"),
          "a secret is enabled unless the vault says false");
}

void check_page(const arc_identity::key_vault_page& page, std::string_view body) {
  std::size_t count = 0;
  for (json::items entries(json::find(body, "value")); entries.next();) {
    require(count < page.secrets.size(), "the page has each entry");
    check(page.secrets[count++], entries.value());
  }
  require(count == page.secrets.size(), "the page has no other entries");
  require((json::find(body, "nextLink").kind == json::kind::string) || page.next_link.empty(),
          "the next link is a string");
}

template <class Result>
bool is_there(const Result& result) {
  if (!result) fuzz::require_good_message(result.error());
  return result.has_value();
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input input(data, size);
  const unsigned what = input.byte() % 3;
  scripted_https https;
  const int status = input.pick(statuses);
  const std::string body(input.rest());
  https.on_get(status, body);
  arc_identity::key_vault_options options;
  options.max_attempts = 1;
  arc_identity::basic_key_vault<scripted_https, credential, arc_identity::testing::manual_clock>
      vault(credential{}, "https://my.vault.azure.net", options, https);
  if (what == 0) {
    const auto secret = vault.get_secret("a");
    if (!is_there(secret)) return 0;
    require(json::find(body, "value").kind == json::kind::string, "the secret's value is a string");
    check(secret->properties, json::find(body, ""));
  } else if (what == 1) {
    const auto certificate = vault.get_certificate("a");
    if (is_there(certificate))
      require(!certificate->content.empty(), "the certificate has content");
  } else {
    const auto page = vault.list_secrets();
    if (is_there(page)) check_page(*page, body);
  }
  return 0;
}
