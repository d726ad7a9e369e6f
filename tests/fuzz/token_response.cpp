// SPDX-License-Identifier: MIT
// An accepted token is valid in a header, has a lifetime, and belongs to the requested identity.
//
// Input: the kind of identity; a byte that selects the time; a line with the identity's id; the
// body.

#include <string>

#include <arc_identity/core/exchange/agent_error.hpp>
#include <arc_identity/core/token_response.hpp>

#include "fuzz.hpp"

namespace {

using namespace std::chrono_literals;
using arc_identity::errc;
using arc_identity::managed_identity_id;
using arc_identity::mutable_buffer;
using arc_identity::token_response;
using fuzz::require;
namespace json = arc_identity::json;

constexpr std::chrono::seconds times[] = {
    1'790'000'000s, 0s, -1s, std::chrono::seconds::min(), std::chrono::seconds::max(),
    253402300799s};

managed_identity_id make_identity(unsigned kind, std::string_view id) {
  switch (kind % 4) {
    case 1: return managed_identity_id::client_id(id);
    case 2: return managed_identity_id::object_id(id);
    case 3: return managed_identity_id::resource_id(id);
    default: return {};
  }
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = arc_identity::detail::to_lower(c);
  return result;
}

/// Whether a member with one of the kind's names has the id, and none has another.
bool is_echoed(std::string_view body, const managed_identity_id& identity) {
  std::string names = std::string(identity.parameter()) + '\0';
  if (identity.parameter() == "msi_res_id") names += "mi_res_id";
  names += '\0';
  json::value values[2] = {};
  if (!json::extract(body, names.c_str(), values)) return false;
  int echoes = 0;
  for (const json::value& value : values) {
    if (value.kind <= json::kind::null) continue;
    if (value.kind != json::kind::string) return false;
    std::vector<char> text = fuzz::copy(value.text);
    if (lower(json::unescape(mutable_buffer(text))) != lower(identity.value())) return false;
    ++echoes;
  }
  return echoes > 0;
}

void check_token(const token_response& token, std::string_view memory, std::string_view body,
                 const managed_identity_id& identity) {
  require(fuzz::lies_inside(token.access_token, memory), "the token is part of the body");
  require(token.resource.empty() || fuzz::lies_inside(token.resource, memory),
          "the resource is part of the body");
  require(!token.access_token.empty(), "the token is not empty");
  for (const char c : token.access_token)
    require(c > 0x20 && c < 0x7f, "the token is visible ASCII");
  require(token.lifetime > 0s && token.lifetime <= 24h,
          "the lifetime is positive and at most 24 hours");
  require(token.expires_on > 0s && token.expires_on.count() <= UINT32_MAX,
          "the expiry is before 2106");
  require(identity.kind() == arc_identity::managed_identity_kind::system_assigned ||
              (!identity.value().empty() && is_echoed(body, identity)),
          "the token is confirmed to be the requested identity's");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input input(data, size);
  const unsigned kind = input.byte();
  const std::chrono::seconds now = input.pick(times);
  const managed_identity_id identity = make_identity(kind, input.line());
  std::vector<char> memory = fuzz::copy(input.rest());
  const auto token = token_response::parse(mutable_buffer(memory), identity, now);
  if (token) {
    check_token(*token, {memory.data(), memory.size()}, input.rest(), identity);
  } else {
    require(token.error().code() == errc::invalid_token_response ||
                token.error().code() == errc::identity_not_confirmed,
            "the error has an expected code");
    fuzz::require_good_message(token.error());
  }

  std::vector<char> words_memory = fuzz::copy(input.rest());
  const std::string_view whole(words_memory.data(), words_memory.size());
  arc_identity::detail::peer_error peer;
  arc_identity::detail::read_agent_error(whole, kind % 2 == 1, peer);
  for (const std::string_view words : {peer.code, peer.description, peer.correlation_id}) {
    require(words.empty() || fuzz::lies_inside(words, whole), "the error text is part of the body");
    require(!fuzz::contains(words, "eyJ"), "the error text has no token");
  }
  return 0;
}
