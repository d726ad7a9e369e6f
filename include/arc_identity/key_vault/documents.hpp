// SPDX-License-Identifier: MIT
/// The bodies of a vault's responses (Key Vault's REST API, 7.4: SecretBundle, SecretListResult,
/// KeyVaultError), read with core/json.hpp and core/json/path.hpp.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/error.hpp>
#include <arc_identity/core/exchange/agent_error.hpp>
#include <arc_identity/core/json.hpp>
#include <arc_identity/core/json/path.hpp>
#include <arc_identity/core/token_response.hpp>
#include <arc_identity/key_vault/base64.hpp>
#include <arc_identity/key_vault/https_url.hpp>
#include <arc_identity/key_vault/secret.hpp>
#include <arc_identity/key_vault/secret_text.hpp>
#include <arc_identity/key_vault/tags.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// Sets the name and the version from the id, `https://VAULT/secrets/NAME[/VERSION]`.
inline bool read_secret_id(key_vault_properties& secret) {
  constexpr std::string_view collection = "/secrets/";
  https_url url;
  if (parse_https_url(secret.id, url) != nullptr || !starts_with(url.target, collection)) {
    return false;
  }
  url.target.remove_prefix(collection.size());
  secret.name = take_until(url.target, '/');
  secret.version = url.target;
  return !secret.name.empty();
}

/// One secret, or one entry of a list, which has no value.
struct secret_document {
  json::value value{};
  key_vault_properties properties{};
};

/// Reads a SecretBundle or a SecretItem; returns why it is invalid, or null.
inline static_text read_secret(mutable_buffer body, secret_document& secret) {
  enum { value, id, content_type, attributes, tags, member_count };
  enum { enabled, not_before, expires, created, updated, attribute_count };
  json::value values[member_count] = {};
  if (!json::extract({body.data(), body.size()}, "value\0id\0contentType\0attributes\0tags\0",
                     values)) {
    return "the vault's response is not valid JSON, or not an object";
  }
  json::value times[attribute_count] = {};
  if (values[attributes].kind == json::kind::object) {
    json::extract(values[attributes].text, "enabled\0nbf\0exp\0created\0updated\0", times);
  }
  read_tags(values[tags], secret.properties.tags);  // Before the strings in it are decoded.
  for (json::value& found : values) {
    if (found.repeated) return "the vault's response repeats a member";
    decode(found);
  }
  for (const json::value& found : times) {
    if (found.repeated) return "the vault's response repeats a member";
  }
  const auto read_time = [&](std::size_t i, std::chrono::seconds& time) {
    std::uint32_t seconds = 0;
    if (read_seconds(times[i], seconds)) time = std::chrono::seconds(seconds);
  };
  key_vault_properties& properties = secret.properties;
  secret.value = values[value];
  properties.id = values[id].text;
  properties.content_type = values[content_type].text;
  properties.enabled = times[enabled].kind != json::kind::boolean || times[enabled].text != "false";
  read_time(not_before, properties.not_before);
  read_time(expires, properties.expires_on);
  read_time(created, properties.created);
  read_time(updated, properties.updated);
  return read_secret_id(properties) ? static_text() : "the vault's response has no valid secret id";
}

/// Reads the response to GET /secrets/NAME.
inline static_text read_secret_body(secret_text& body, key_vault_secret& secret) {
  secret_document document;
  const static_text rejection = read_secret(body.buffer(), document);
  if (rejection != nullptr) return rejection;
  if (document.value.kind != json::kind::string) return "the vault's response has no value";
  secret.value = secret_text(document.value.text);
  secret.properties = std::move(document.properties);
  return nullptr;
}

/// Reads the response to GET /secrets. A vault that was never used returns null for the list.
inline static_text read_page(secret_text& body, key_vault_page& page) {
  json::value values[2] = {};  // value, nextLink
  if (!json::extract(body.view(), "value\0nextLink\0", values)) {
    return "the vault's response is not valid JSON, or not an object";
  }
  if (values[0].kind != json::kind::array && values[0].kind != json::kind::null) {
    return "the vault's response has no list of secrets";
  }
  for (json::items entries(values[0]); entries.next();) {
    if (entries.value().kind != json::kind::object) {
      return "an entry of the vault's list is not an object";
    }
    secret_document secret;
    const static_text rejection =
        read_secret(writable(body.buffer(), entries.value().text), secret);
    if (rejection != nullptr) return rejection;
    page.secrets.push_back(std::move(secret.properties));
  }
  decode(values[1]);
  page.next_link = values[1].text;
  return nullptr;
}

/// Makes a certificate from the secret that holds it, as the vault returns it.
inline static_text read_certificate(key_vault_secret& secret, key_vault_certificate& certificate) {
  certificate.properties = std::move(secret.properties);
  const std::string_view type = certificate.properties.content_type;
  if (equals_ignoring_case(type, "application/x-pem-file")) {
    certificate.format = certificate_format::pem;
    certificate.content = std::move(secret.value);
    const bool has_key =
        certificate.content.view().find("PRIVATE KEY-----") != std::string_view::npos;
    return has_key ? static_text()
                   : "the vault does not allow export of the certificate's private key";
  }
  if (equals_ignoring_case(type, "application/x-pkcs12")) {
    certificate.format = certificate_format::pfx;
    const bool is_base64 = decode_base64(secret.value.view(), certificate.content);
    return is_base64 && !certificate.content.empty() ? static_text()
                                                     : "the vault's PFX is not base64";
  }
  return "the secret of that name is not a certificate";
}

/// The error text in a body from the vault or from a gateway; empty if it might hold a token. A
/// body with a "value" is not quoted whole: it may be the secret under another status.
inline peer_error read_vault_error(mutable_buffer body) noexcept {
  const std::string_view text(body.data(), body.size());
  peer_error found;
  if (may_hold_token(text)) return found;
  json::value inner_code = json::find(text, "error.innererror.code");
  const bool has_value = has_literal(text, "\"value\"");
  read_agent_error(text, has_value, found);
  decode(inner_code);
  const std::string_view specific_code = quotable(inner_code.text);
  if (!specific_code.empty()) found.code = specific_code;
  return found;
}

}  // namespace detail
ARC_IDENTITY_END
