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

/// Name and version in `https://VAULT/secrets/NAME[/VERSION]`.
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

/// Reads a SecretBundle or a SecretItem; what speaks against it.
inline objection read_secret(mutable_buffer body, secret_document& secret) {
  static constexpr json::field fields[] = {{"value"},
                                           {"id"},
                                           {"contentType"},
                                           {"enabled", "attributes"},
                                           {"nbf", "attributes"},
                                           {"exp", "attributes"},
                                           {"created", "attributes"},
                                           {"updated", "attributes"}};
  json::value values[8] = {};
  if (!json::extract({body.data(), body.size()}, fields, values)) {
    return "the vault's response is not valid JSON";
  }
  for (const json::value& value : values) {
    if (value.repeated) return "a member of the vault's response is given twice";
  }
  const auto read_time = [&](std::size_t i, std::chrono::seconds& time) {
    std::int64_t seconds = 0;
    if (read_seconds(body, values[i], seconds)) time = std::chrono::seconds(seconds);
  };
  key_vault_properties& properties = secret.properties;
  // Before strings are decoded, after which the body is not valid JSON any more.
  read_tags(body, json::find({body.data(), body.size()}, "tags"), properties.tags);
  secret.value = values[0];
  properties.id = take_string(body, values[1]);
  properties.content_type = take_string(body, values[2]);
  properties.enabled = values[3].kind != json::kind::boolean || values[3].text != "false";
  read_time(4, properties.not_before);
  read_time(5, properties.expires_on);
  read_time(6, properties.created);
  read_time(7, properties.updated);
  return read_secret_id(properties) ? objection() : "the vault's response has no id of a secret";
}

/// Reads the response to GET /secrets/NAME.
inline objection read_secret_body(secret_text& body, key_vault_secret& secret) {
  secret_document document;
  const objection complaint = read_secret(body.buffer(), document);
  if (complaint != nullptr) return complaint;
  if (document.value.kind != json::kind::string) return "the vault's response has no value";
  secret.value = secret_text(take_string(body.buffer(), document.value));
  secret.properties = std::move(document.properties);
  return nullptr;
}

/// Reads the response to GET /secrets. A vault that was never used has null for a list.
inline objection read_page(secret_text& body, key_vault_page& page) {
  if (!json::is_valid(body.view())) return "the vault's response is not valid JSON";
  const json::value list = json::find(body.view(), "value");
  const json::value next_link = json::find(body.view(), "nextLink");
  if (list.kind != json::kind::array && list.kind != json::kind::null) {
    return "the vault's response has no list of secrets";
  }
  page.next_link = take_string(body.buffer(), next_link);
  json::elements<> entries(list);
  for (std::string_view entry = entries.next(); !entry.empty(); entry = entries.next()) {
    if (entry.front() != '{') return "an entry of the vault's list is no object";
    secret_document secret;
    const objection complaint = read_secret(writable(body.buffer(), entry), secret);
    if (complaint != nullptr) return complaint;
    page.secrets.push_back(std::move(secret.properties));
  }
  return nullptr;
}

/// Makes a certificate of the secret that holds it, as the vault delivers that.
inline objection read_certificate(key_vault_secret& secret, key_vault_certificate& certificate) {
  certificate.properties = std::move(secret.properties);
  const std::string_view type = certificate.properties.content_type;
  if (equals_ignoring_case(type, "application/x-pem-file")) {
    certificate.format = certificate_format::pem;
    certificate.content = std::move(secret.value);
    const bool has_key =
        certificate.content.view().find("PRIVATE KEY-----") != std::string_view::npos;
    return has_key ? objection() : "the vault does not hand out this certificate's private key";
  }
  if (equals_ignoring_case(type, "application/x-pkcs12")) {
    certificate.format = certificate_format::pfx;
    const bool is_base64 = decode_base64(secret.value.view(), certificate.content);
    return is_base64 && !certificate.content.empty() ? objection()
                                                     : "the vault's PFX is not base64";
  }
  return "the secret of that name is no certificate";
}

/// The vault's own words in the body of an error, or those of what is in between; none where they
/// might hold a token.
inline agent_words read_vault_words(mutable_buffer body) noexcept {
  const std::string_view text(body.data(), body.size());
  if (may_hold_token(text)) return {};
  const json::value code = json::find(text, "error.code");
  const json::value message = json::find(text, "error.message");
  const json::value inner_code = json::find(text, "error.innererror.code");
  const json::value words[] = {inner_code, code};
  const agent_words found{first_string(body, words, words + 2), take_string(body, message), {}};
  if (found.any()) return found;
  return read_agent_words<json::extractor, default_limits::max_json_depth>(body);
}

}  // namespace detail
ARC_IDENTITY_END
