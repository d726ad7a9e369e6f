// SPDX-License-Identifier: MIT
/// Decides whether a connection may get the key, from the owners of its other end and of the key
/// file: the agent creates the file, so this detects another user's program that relays the agent's
/// challenge. It looks nothing up.
#pragma once

#include <cstddef>
#include <cstdint>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/options.hpp>
#include <arc_identity/core/policies.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// Before the key is sent.
constexpr bool may_get_key(agent_check check, const file_owner& key_file,
                           const peer_owner_result& peer) noexcept {
  if (check == agent_check::none) return true;
  const bool is_same = key_file.is_known && peer.user == key_file.user;
  if (peer.status != owner_status::known) {
    return check == agent_check::owner && peer.status == owner_status::unknown;
  }
  if (check == agent_check::strict) return is_same;
  return is_same || peer.is_agent || !key_file.is_known;
}

/// Before anything is sent.
constexpr bool may_get_request(agent_check check, const peer_owner_result& peer) noexcept {
  return check != agent_check::strict || (peer.status == owner_status::known && peer.is_agent);
}

/// Writes both users, for a message, at the start of `space`, which must hold more than 40 bytes:
/// "user 1001, not user 998".
inline std::string_view write_owners(mutable_buffer space, const file_owner& key_file,
                                     const peer_owner_result& peer) noexcept {
  char* end = space.data();
  const auto append = [&end](std::string_view text, std::uint32_t number) noexcept {
    copy_secret(end, text);
    end += text.size();
    char digits[10];
    std::size_t count = 0;
    do {
      digits[count++] = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number != 0);
    while (count != 0) *end++ = digits[--count];
  };
  append("user ", peer.user);
  if (key_file.is_known) append(", not user ", key_file.user);
  return {space.data(), static_cast<std::size_t>(end - space.data())};
}

}  // namespace detail
ARC_IDENTITY_END
