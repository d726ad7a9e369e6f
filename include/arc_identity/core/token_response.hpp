// SPDX-License-Identifier: MIT
/// The body of the agent's answer (RFC 6749, 5.1, as HIMDS has it): a token, or the agent's own
/// words of what is wrong.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/json.hpp>
#include <arc_identity/core/managed_identity_id.hpp>
#include <arc_identity/core/result.hpp>

ARC_IDENTITY_BEGIN

/// A token as it came. All views point into the buffer that the response was received into.
struct token_response {
  std::string_view access_token{};  ///< Visible ASCII, never empty. A secret.
  std::string_view resource{};      ///< As the agent echoes it; may be empty.
  /// The time of the request and `lifetime`, since 1970-01-01T00:00:00Z; where no clock is set,
  /// what the agent says. Before the year 10000.
  std::chrono::seconds expires_on{0};
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

/// What the agent says in an error's body: a code such as `invalid_request`, its description, and
/// what support asks for.
struct agent_words {
  std::string_view code{};
  std::string_view description{};
  std::string_view correlation_id{};

  bool any() const noexcept { return !code.empty() || !description.empty(); }
};

/// The text of a string member, decoded in its place in `body`; empty where there is none.
inline std::string_view take_string(mutable_buffer body, const json::value& value) noexcept {
  if (value.kind != json::kind::string) return {};
  return value.escaped ? json::unescape(writable(body, value.text)) : value.text;
}

/// The first of these members that is a string, and not empty.
inline std::string_view first_string(mutable_buffer body, const json::value* begin,
                                     const json::value* end) noexcept {
  std::string_view text;
  for (; text.empty() && begin != end; ++begin) text = take_string(body, *begin);
  return text;
}

/// A token, or part of one, as in a response that was cut off.
inline bool may_hold_token(std::string_view text) noexcept {
  for (; !text.empty(); text = after(text, 1)) {
    if (starts_with(text, "access_token") || starts_with(text, "eyJ")) return true;
  }
  return false;
}

/// The kinds of error bodies of HIMDS.md, names in any case; of others the text, its escapes
/// decoded, unless it is a 200's (`is_success`), which may be a token by another name.
template <class Extractor, std::size_t MaxDepth>
agent_words read_agent_words(mutable_buffer body, bool is_success = false) noexcept {
  static constexpr json::field fields[] = {
      {"error", {}, true},        {"code", "error", true}, {"error_description", {}, true},
      {"message", "error", true}, {"message", {}, true},   {"correlationId", {}, true}};
  json::value values[6] = {};
  const std::string_view text(body.data(), body.size());
  agent_words words;
  const bool is_json = Extractor::template extract<MaxDepth>(text, fields, values);
  if (is_json) {
    words.code = first_string(body, values, values + 2);
    words.description = first_string(body, values + 2, values + 5);
  }
  if (words.any()) {
    words.correlation_id = take_string(body, values[5]);
  } else if (!is_success) {  // Nothing in `body` was decoded yet.
    words.description = is_json ? json::unescape(body) : text;
  }
  for (std::string_view* part : {&words.code, &words.description, &words.correlation_id}) {
    if (may_hold_token(*part)) *part = {};
  }
  return words;
}

/// The end of the year 9999, since 1970.
inline constexpr std::int64_t latest_time = 253402300799;

/// Seconds in a number or in a string with one. False where it is none; too great is the limit.
inline bool read_seconds(mutable_buffer body, const json::value& value,
                         std::int64_t& seconds) noexcept {
  const std::string_view text =
      value.kind == json::kind::number ? value.text : take_string(body, value);
  const bool negative = starts_with(text, "-");
  std::int64_t number = parse_decimal(after(text, negative ? 1 : 0));
  if (number < 0) return false;
  if (number > latest_time) number = latest_time;
  seconds = negative ? -number : number;
  return true;
}

/// Reads one token response; see `token_response::parse`.
template <class Extractor, std::size_t MaxDepth>
class token_reader {
 public:
  token_reader(mutable_buffer body, const managed_identity_id& identity,
               std::chrono::seconds now) noexcept
      : body_(body),
        identity_(identity),
        now_(now.count() >= 0 && now.count() < latest_time - longest ? now.count() : 0) {}

  /// What speaks against the response: `errc::invalid_token_response`.
  objection read(token_response& token) noexcept {
    const std::string_view text(body_.data(), body_.size());
    if (!Extractor::template extract<MaxDepth>(text, names_, values_)) {
      return "the token response is not valid JSON";
    }
    for (const json::value& value : values_) {
      if (value.repeated) return "the token response has a member twice";
    }
    token.access_token = take_string(body_, values_[access_token]);
    if (token.access_token.empty()) return "the token response has no access_token";
    if (!json::detail::all_visible(token.access_token)) {
      return "the access_token is not all visible ASCII";
    }
    if (has(token_type) &&
        !equals_ignoring_case(take_string(body_, values_[token_type]), "Bearer")) {
      return "the token_type is not Bearer";
    }
    token.resource = take_string(body_, values_[resource]);
    return read_expiry(token);
  }

  /// What to do about what `read` said; none: see `remedy_for`.
  text remedy() const noexcept { return remedy_; }

  /// What speaks against taking it for the identity's: `errc::identity_not_confirmed`. Fails
  /// closed: an older agent ignores the selector and does not echo it.
  objection confirm() const noexcept {
    if (is_confirmed()) return {};
    return "the agent does not confirm the token's identity";
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

  static constexpr json::field names_[member_count] = {
      {"access_token"}, {"token_type"}, {"resource"},   {"expires_in"}, {"expires_on"},
      {"client_id"},    {"object_id"},  {"msi_res_id"}, {"mi_res_id"}};

  static constexpr std::int64_t longest = 86400;  // 24 hours.

  /// Whether a member is there; null is as good as absent.
  bool has(member which) const noexcept { return values_[which].kind > json::kind::null; }

  /// The shorter of what the two members promise. With no clock, `expires_on` alone promises no
  /// more than the longest lifetime.
  objection read_expiry(token_response& token) noexcept {
    std::int64_t in = 0;
    std::int64_t on = 0;
    const bool has_in = read_seconds(body_, values_[expires_in], in);
    const bool has_on = read_seconds(body_, values_[expires_on], on);
    if (!has_in && !has_on) return "the token response has no expires_on or expires_in in seconds";
    std::int64_t lifetime = longest;
    if (has_in && in < lifetime) lifetime = in;
    if (has_on && on - now_ < lifetime) lifetime = on - now_;
    if (lifetime <= 0) {
      if (now_ == 0 || on <= 0 || (has_in && in <= 0)) return "the token has expired already";
      remedy_ = "Set this machine's clock";
      return "the token has expired already, by this machine's clock";
    }
    token.lifetime = std::chrono::seconds(lifetime);
    token.expires_on = std::chrono::seconds(now_ == 0 && has_on ? on : now_ + lifetime);
    return {};
  }

  bool is_confirmed() const noexcept {
    switch (identity_.kind()) {
      case managed_identity_kind::client_id: return echoes(client_id);
      case managed_identity_kind::object_id: return echoes(object_id);
      case managed_identity_kind::resource_id: return echoes_resource_id();
      case managed_identity_kind::system_assigned: break;
    }
    return true;
  }

  bool echoes(member which) const noexcept {
    return !identity_.value().empty() &&
           equals_ignoring_case(take_string(body_, values_[which]), identity_.value());
  }

  /// Under either name; where both are there, under both.
  bool echoes_resource_id() const noexcept {
    return (has(msi_res_id) || has(mi_res_id)) && (!has(msi_res_id) || echoes(msi_res_id)) &&
           (!has(mi_res_id) || echoes(mi_res_id));
  }

  mutable_buffer body_;
  const managed_identity_id& identity_;
  std::int64_t now_;
  text remedy_{};
  json::value values_[member_count] = {};
};

}  // namespace detail

inline result<token_response> token_response::parse(mutable_buffer body,
                                                    managed_identity_id identity,
                                                    std::chrono::seconds now) noexcept {
  token_response token;
  detail::token_reader<json::extractor, default_limits::max_json_depth> reader(body, identity, now);
  detail::objection objection = reader.read(token);
  if (objection != nullptr) {
    return detail::failure{errc::invalid_token_response, objection, {}, {}, 0, 0, reader.remedy()};
  }
  objection = reader.confirm();
  if (objection != nullptr) {
    return detail::failure{errc::identity_not_confirmed, objection, identity.value()};
  }
  return token;
}

ARC_IDENTITY_END
