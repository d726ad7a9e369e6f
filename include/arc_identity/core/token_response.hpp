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

/// A token as it came. All views point into the buffer that the response was received into.
struct token_response {
  std::string_view access_token{};     ///< Visible ASCII, never empty. A secret.
  std::string_view resource{};         ///< As the agent echoes it; may be empty.
  std::chrono::seconds expires_on{0};  ///< Since 1970-01-01T00:00:00Z.
  /// How long it is good for, counted from the request; more than nothing, 24 hours at most.
  std::chrono::seconds lifetime{0};

  /// Reads a 200 response's `body`, decoding escapes in it. `identity` is the one asked for, `now`
  /// the time of the request since 1970, or 0 where no clock is set.
  /// Errors: `invalid_token_response`; `identity_not_confirmed` where the response does not prove
  /// that the token is of the user-assigned identity asked for.
  static result<token_response> parse(mutable_buffer body, managed_identity_id identity,
                                      std::chrono::seconds now) noexcept;
};

namespace detail {

/// The end of the year 9999, since 1970.
inline constexpr std::int64_t latest_time = 253402300799;

/// The text of a string member, decoded in its place in `body`; empty where it is no string.
ARC_IDENTITY_OUTLINE inline std::string_view take_string(mutable_buffer body,
                                                         const json::value& value) noexcept {
  if (value.kind != json::kind::string) return {};
  return json::unescape(writable(body, value.text));
}

/// Whole seconds in a number, or in a string with one; a fraction is dropped, and what is later than
/// the year 9999 is its end. False where it is neither.
ARC_IDENTITY_NOINLINE inline bool read_seconds(mutable_buffer body, const json::value& value,
                                               std::int64_t& seconds) noexcept {
  cursor text(value.kind == json::kind::number ? value.text : take_string(body, value));
  const bool negative = text.skip('-');
  std::uint64_t number = 0;
  std::uint64_t fraction = 0;
  if (!text.take_number(number)) return false;
  if (text.skip('.') && !text.take_number(fraction)) return false;
  if (!text.is_at_end()) return false;
  if (number > latest_time) number = latest_time;
  seconds = static_cast<std::int64_t>(number);
  if (negative) seconds = -seconds;
  return true;
}

/// Reads one token response; see `token_response::parse`.
class token_reader {
 public:
  token_reader(mutable_buffer body, const managed_identity_id& identity) noexcept
      : body_(body), identity_(identity) {}

  /// Fills `token`, or returns why there is none.
  reason read(std::int64_t now, token_response& token) noexcept {
    if (!json::extract({body_.data(), body_.size()},
                       "access_token\0token_type\0resource\0expires_in\0expires_on\0"
                       "client_id\0object_id\0msi_res_id\0mi_res_id\0",
                       values_)) {
      return reason::token_not_json;
    }
    for (const json::value& value : values_) {
      if (value.repeated) return reason::repeated_member;
    }
    token.access_token = text_of(access_token);
    if (token.access_token.empty()) return reason::no_access_token;
    if (!all_of(token.access_token, is_visible)) return reason::token_not_visible;
    if (is_given(token_type) && !equals_ignoring_case(text_of(token_type), "bearer")) {
      return reason::not_bearer;
    }
    token.resource = text_of(resource);
    const reason rejection = read_expiry(now, token);
    if (rejection != reason::none) return rejection;
    return is_confirmed() ? reason::none : reason::not_confirmed;
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

  /// `null` is as good as absent.
  bool is_given(member which) const noexcept { return values_[which].kind > json::kind::null; }

  std::string_view text_of(member which) const noexcept {
    return take_string(body_, values_[which]);
  }

  /// The shorter of what the two members promise, 24 hours at most. Without a clock (`now` is 0)
  /// `expires_on` promises no lifetime.
  reason read_expiry(std::int64_t now, token_response& token) const noexcept {
    if (now < 0 || now > latest_time) now = 0;
    std::int64_t lifetime = 86400;
    std::int64_t in = lifetime;
    std::int64_t on = 0;
    const bool has_in = read_seconds(body_, values_[expires_in], in);
    const bool has_on = read_seconds(body_, values_[expires_on], on);
    if (!has_in && !has_on) return reason::no_expiry;
    if (in <= 0) return reason::no_lifetime;
    if (in < lifetime) lifetime = in;
    if (has_on && on - now < lifetime) lifetime = on - now;
    if (lifetime <= 0) return reason::expired_by_clock;
    token.lifetime = std::chrono::seconds(lifetime);
    token.expires_on = std::chrono::seconds(has_on && now == 0 ? on : now + lifetime);
    return reason::none;
  }

  /// Fails closed: an older agent ignores the selector and does not echo it.
  bool is_confirmed() const noexcept {
    switch (identity_.kind()) {
      case managed_identity_kind::client_id: return echoes(client_id);
      case managed_identity_kind::object_id: return echoes(object_id);
      case managed_identity_kind::resource_id:  // Under either name; where both are given, both.
        return is_given(msi_res_id) ? echoes(msi_res_id) && (!is_given(mi_res_id) || echoes(mi_res_id))
                                    : echoes(mi_res_id);
      case managed_identity_kind::system_assigned: break;
    }
    return true;
  }

  bool echoes(member which) const noexcept {
    return !identity_.value().empty() &&
           equals_ignoring_case(text_of(which), identity_.value());
  }

  mutable_buffer body_;
  const managed_identity_id& identity_;
  json::value values_[member_count] = {};
};

}  // namespace detail

inline result<token_response> token_response::parse(mutable_buffer body,
                                                    managed_identity_id identity,
                                                    std::chrono::seconds now) noexcept {
  token_response token;
  const detail::reason rejection = detail::token_reader(body, identity).read(now.count(), token);
  if (rejection == detail::reason::none) return token;
  return detail::violation(rejection, rejection == detail::reason::not_confirmed
                                          ? identity.value()
                                          : std::string_view{});
}

ARC_IDENTITY_END
