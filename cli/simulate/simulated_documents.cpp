// SPDX-License-Identifier: MIT

#include "simulate/simulated_documents.hpp"

#include "simulate/simulated_agent.hpp"
#include "terminal_text.hpp"

namespace arc_identity_cli {
namespace {

constexpr std::string_view machine_id =
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/simulated-group"
    "/providers/Microsoft.HybridCompute/machines/simulated-machine";

constexpr std::string_view network =
    R"({"interface":[{"ipv4":{"ipAddress":[{"privateIpAddress":"192.0.2.10",)"
    R"("publicIpAddress":""}],"subnet":[{"address":"192.0.2.0","prefix":"24"}]},)"
    R"("ipv6":{"ipAddress":[]},"macAddress":"00005E005301"}]})";

unsigned byte_at(std::string_view text, std::size_t i) {
  return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
}

// RFC 4648, 5, without padding.
std::string base64url(std::string_view bytes) {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const unsigned group =
        byte_at(bytes, i) << 16 | byte_at(bytes, i + 1) << 8 | byte_at(bytes, i + 2);
    const std::size_t characters = bytes.size() - i >= 3 ? 4 : bytes.size() - i + 1;
    for (std::size_t k = 0; k < characters; ++k) out += alphabet[group >> (18 - 6 * k) & 63];
  }
  return out;
}

void add_member(std::string& object, std::string_view name, std::string_view json_value) {
  object += object.empty() ? '{' : ',';
  object += json_text(name);
  object += ':';
  object += json_value;
}

void add_string(std::string& object, std::string_view name, std::string_view value) {
  add_member(object, name, json_text(value));
}

std::string claims(const simulated_token& token, std::size_t padding) {
  std::string object;
  add_string(object, "aud", token.resource);
  add_string(object, "iss", "https://sts.windows.net/00000000-0000-0000-0000-000000000003/");
  add_member(object, "iat", std::to_string(token.issued));
  add_member(object, "nbf", std::to_string(token.issued));
  add_member(object, "exp", std::to_string(token.issued + token.lifetime));
  add_string(object, "appid", token.identity.client_id);
  add_string(object, "appidacr", "2");
  add_string(object, "idtyp", "app");
  add_string(object, "jti", token.id);
  add_string(object, "oid", token.identity.object_id);
  add_string(object, "sub", token.identity.object_id);
  add_string(object, "tid", "00000000-0000-0000-0000-000000000003");
  add_string(object, "ver", "1.0");
  add_string(object, "xms_mirid", token.identity.resource_id);
  add_member(object, "simulated", "true");
  if (padding > 0) add_string(object, "padding", std::string(padding, 'x'));
  return object + '}';
}

// The form of a JWT (RFC 7519, 6: unsecured), in three parts like Azure's tokens.
std::string token_text(const simulated_token& token, std::size_t padding) {
  return base64url(R"({"typ":"JWT","alg":"none"})") + '.' + base64url(claims(token, padding)) +
         '.' + base64url("simulated: not signed, not valid anywhere");
}

std::string sized_token_text(const simulated_token& token) {
  constexpr std::size_t around_padding = 18;  // ,"padding":"", in base64
  std::string least = token_text(token, 0);
  if (token.size <= least.size() + around_padding) return least;
  return token_text(token, (token.size - least.size() - around_padding) / 4 * 3);
}

std::string compute_document() {
  std::string object;
  add_string(object, "azEnvironment", "AzurePublicCloud");
  add_string(object, "location", "westeurope");
  add_string(object, "name", "simulated-machine");
  add_string(object, "offer", "");
  add_string(object, "osType", "Linux");
  add_string(object, "provider", "Microsoft.HybridCompute");
  add_string(object, "publisher", "");
  add_string(object, "resourceGroupName", "simulated-group");
  add_string(object, "resourceId", machine_id);
  add_string(object, "sku", "");
  add_string(object, "subscriptionId", "00000000-0000-0000-0000-000000000001");
  add_string(object, "tags", "city:Rotterdam;simulated:yes");
  add_member(object, "tagsList",
             R"([{"name":"city","value":"Rotterdam"},{"name":"simulated","value":"yes"}])");
  add_string(object, "version", "");
  add_string(object, "vmId", "00000000-0000-0000-0000-000000000002");
  add_string(object, "vmSize", "");
  return object + '}';
}

}  // namespace

std::string error_document(std::string_view error, std::string_view description, int status) {
  std::string object;
  add_string(object, "error", error);
  add_string(object, "error_description", description);
  add_member(object, "error_codes", '[' + std::to_string(status) + ']');
  return object + '}';
}

std::string token_document(const simulated_token& token, bool numeric, bool echo) {
  const auto number = [numeric](std::int64_t value) {
    return numeric ? std::to_string(value) : '"' + std::to_string(value) + '"';
  };
  std::string object;
  add_string(object, "access_token", sized_token_text(token));
  add_member(object, "expires_in", number(token.lifetime));
  add_member(object, "expires_on", number(token.issued + token.lifetime));
  add_member(object, "not_before", number(token.issued));
  add_string(object, "resource", token.resource);
  add_string(object, "token_type", "Bearer");
  if (echo) {
    add_string(object, "client_id", token.identity.client_id);
    add_string(object, "object_id", token.identity.object_id);
    add_string(object, "msi_res_id", token.identity.resource_id);
  }
  return object + '}';
}

std::string instance_document() {
  std::string object;
  add_member(object, "compute", compute_document());
  add_member(object, "network", network);
  return object + '}';
}

simulated_identity machine_identity() {
  return {"00000000-0000-0000-0000-000000000004", "00000000-0000-0000-0000-000000000005",
          std::string(machine_id)};
}

std::string_view resource_group_id() {
  return machine_id.substr(0, machine_id.find("/providers/"));
}

}  // namespace arc_identity_cli
