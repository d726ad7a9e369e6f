// SPDX-License-Identifier: MIT
/// The body of the agent's 200 response (RFC 6749, 5.1, as HIMDS sends it): a token.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/detail/cursor.hpp>
#include <arc_identity/core/json.hpp>
#include <arc_identity/core/managed_identity_id.hpp>
#include <arc_identity/core/result.hpp>

ARC_IDENTITY_BEGIN

/// A token as received. All views point into the buffer that holds the response.
struct token_response {
  std::string_view access_token{};  ///< Visible ASCII, never empty. A secret.
  std::string_view resource{};      ///< As the agent echoes it; may be empty.
  /// The time of the request plus `lifetime`, since 1970-01-01T00:00:00Z; if no clock is set, the
  /// agent's value, up to the year 2106.
  std::chrono::seconds expires_on{0};
  /// How long it is valid, counted from the request; positive, at most 24 hours.
  std::chrono::seconds lifetime{0};

  /// Reads a 200 response's `body`, decoding escapes in it. `identity` is the one asked for, `now`
  /// the time of the request since 1970, or 0 if no clock is set.
  /// Errors: `invalid_token_response`; `identity_not_confirmed` if the response does not prove that
  /// the token belongs to the requested user-assigned identity.
  static result<token_response> parse(mutable_buffer body, managed_identity_id identity,
                                      std::chrono::seconds now) noexcept;
};

namespace detail {

/// Decodes a string member in place, in writable memory; any other value becomes empty.
ARC_IDENTITY_NOINLINE inline void decode(json::value& value) noexcept {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): see above.
  char* const begin = const_cast<char*>(value.text.data());
  const char* const end = value.kind == json::kind::string ? begin + value.text.size() : begin;
#if !ARC_IDENTITY_PREFERS_SIZE  // A long token has no escapes.
  if (begin != end && value.text.find('\\') == std::string_view::npos) return;
#endif
  value.text = {begin, static_cast<std::size_t>(unescape(begin, end) - begin)};
}

/// Whole seconds from a number, or from a decoded string that holds one: a fraction is dropped, and
/// less than 0 becomes 0. From 2^32 on (the year 2106) it is 2^32 - 1. False if there is no number.
ARC_IDENTITY_NOINLINE inline bool read_seconds(const json::value& value,
                                               std::uint32_t& seconds) noexcept {
  cursor text(value.text);
  const bool is_negative = text.skip('-');
  std::uint32_t fraction = 0;
  if (!text.take_number(seconds)) return false;
  if (text.skip('.') && !text.take_number(fraction)) return false;
  if (is_negative) seconds = 0;
  return text.empty();
}

/// The members of a token response; see `token_response::parse`.
class token_members {
 public:
  /// Fills `token`, or returns why there is none.
  reason read(std::string_view body, const managed_identity_id& identity, std::uint32_t now,
              token_response& token) noexcept {
    if (!json::extract(body,
                       "access_token\0token_type\0resource\0expires_in\0expires_on\0"
                       "client_id\0object_id\0msi_res_id\0mi_res_id\0",
                       values_)) {
      return reason::token_not_json;
    }
    for (json::value& value : values_) {
      if (value.repeated) return reason::repeated_member;
      if (value.kind != json::kind::number) decode(value);
    }
    const cursor secret(values_[access_token].text);
    if (values_[access_token].kind != json::kind::string || secret.empty()) {
      return reason::no_access_token;
    }
    if (!secret.is_visible()) return reason::token_not_visible;
    if (is_given(token_type) && !cursor(values_[token_type].text).is("bearer\0")) {
      return reason::not_bearer;
    }
    token.access_token = secret.view();
    token.resource =
        values_[resource].kind == json::kind::string ? values_[resource].text : std::string_view{};
    const reason rejection = read_expiry(now, token);
    if (rejection != reason::none) return rejection;
    return is_confirmed(identity) ? reason::none : reason::not_confirmed;
  }

 private:
  enum member : std::size_t {
    access_token,
    token_type,
    resource,
    expires_in,
    expires_on,
    client_id,
    object_id,
    msi_res_id,
    mi_res_id,
    member_count,
  };

  /// `null` is treated as absent.
  bool is_given(member which) const noexcept { return values_[which].kind > json::kind::null; }

  /// The shorter of the two members' lifetimes, at most 24 hours. Without a clock (`now` is 0)
  /// `expires_on` gives no lifetime.
  reason read_expiry(std::uint32_t now, token_response& token) const noexcept {
    std::uint32_t lifetime = 86400;
    std::uint32_t in = lifetime;
    std::uint32_t on = 0;
    const bool has_in = read_seconds(values_[expires_in], in);
    const bool has_on = read_seconds(values_[expires_on], on);
    if (!has_in && !has_on) return reason::no_expiry;
    if (has_in && in == 0) return reason::no_lifetime;
    if (has_in && in < lifetime) lifetime = in;
    if (has_on && on <= now) return on == 0 ? reason::no_lifetime : reason::expired_by_clock;
    if (has_on && on - now < lifetime) lifetime = on - now;
    token.lifetime = std::chrono::seconds(lifetime);
    token.expires_on = std::chrono::seconds(has_on && now == 0 ? on : now + lifetime);
    return reason::none;
  }

  /// Fails closed: an older agent ignores the selector and does not echo it.
  bool is_confirmed(const managed_identity_id& identity) const noexcept {
    if (identity.kind() == managed_identity_kind::system_assigned) return true;
    constexpr std::size_t before = client_id - 1;
    const auto which = static_cast<member>(before + static_cast<std::size_t>(identity.kind()));
    if (which != msi_res_id) return echoes(which, identity);
    // A resource id has either name; if both are present, both must match.
    return (is_given(msi_res_id) || is_given(mi_res_id)) &&
           (!is_given(msi_res_id) || echoes(msi_res_id, identity)) &&
           (!is_given(mi_res_id) || echoes(mi_res_id, identity));
  }

  bool echoes(member which, const managed_identity_id& identity) const noexcept {
    return !identity.value().empty() && values_[which].kind == json::kind::string &&
           equals_ignoring_case(values_[which].text, identity.value());
  }

  json::value values_[member_count] = {};
};

/// A separate function, so that its frame is gone when the result is used.
ARC_IDENTITY_NOINLINE inline reason read_token(std::string_view body,
                                               const managed_identity_id& identity,
                                               std::uint32_t now, token_response& token) noexcept {
  return token_members().read(body, identity, now, token);
}

/// The clock in 32 bits; from the year 2106 on it is 0, as if no clock were set.
constexpr std::uint32_t unix_time32(std::chrono::seconds time) noexcept {
  return time.count() > 0 && time.count() < UINT32_MAX - 86400
             ? static_cast<std::uint32_t>(time.count())
             : 0;
}

}  // namespace detail

inline result<token_response> token_response::parse(mutable_buffer body,
                                                    managed_identity_id identity,
                                                    std::chrono::seconds now) noexcept {
  token_response token;
  const detail::reason rejection =
      detail::read_token({body.data(), body.size()}, identity, detail::unix_time32(now), token);
  if (rejection == detail::reason::none) return token;
  return detail::violation(rejection, rejection == detail::reason::not_confirmed
                                          ? identity.value()
                                          : std::string_view{});
}

ARC_IDENTITY_END
