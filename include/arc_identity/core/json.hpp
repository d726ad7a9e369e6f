// SPDX-License-Identifier: MIT
/// A strict validator of JSON (RFC 8259) that picks out the members it is asked for on the way.
/// One pass, no recursion, no allocation, nesting to a limit. It builds no tree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/json/string.hpp>
#include <arc_identity/core/limits.hpp>

ARC_IDENTITY_BEGIN
namespace json {

/// The kinds of values; `absent`: there is none.
enum class kind : std::uint8_t { absent, null, boolean, number, string, array, object };

/// A member to look for: of the top-level object, or, where `parent` is not empty, of the object
/// that is the top-level object's member `parent`. Names are compared after decoding escapes.
struct field {
  std::string_view name;      ///< The member's name.
  std::string_view parent{};  ///< The name of the object that it is in; empty: the top-level one.
  bool any_case = false;      ///< Both names are compared without regard to the case of ASCII.
};

/// What was found.
struct value {
  std::string_view text{};  ///< As it stands there; of a string, what is between its quotes.
  json::kind kind = json::kind::absent;  ///< Of which kind; `absent` where it was not found.
  bool escaped = false;                  ///< A string that holds escapes: see `unescape`.
  bool repeated = false;  ///< The member stands there more than once; this is the last.
};

namespace detail {

constexpr bool is_space(char c) noexcept {
  return c == ' ' || (c < ' ' && (c == '\n' || c == '\r' || c == '\t'));
}

template <std::size_t MaxDepth, class Step = block_step>
class scanner {
 public:
  scanner(std::string_view text, const field* fields, value* values, std::size_t count) noexcept
      : at_(text.data()),
        end_(text.data() + text.size()),
        fields_(fields),
        values_(values),
        count_(count) {}

  /// Scans the whole text: one value and the white space around it.
  bool scan() noexcept {
    if (!scan_one()) return false;
    skip_space();
    return at_ == end_;
  }

  /// Scans one value and the white space before it; whatever follows is left alone.
  bool scan_one() noexcept {
    do {
      if (!scan_value()) return false;
    } while (depth_ != 0);
    return true;
  }

  /// Behind what has been scanned.
  const char* at() const noexcept { return at_; }

 private:
  bool in_object() const noexcept {
    const std::size_t level = depth_ - 1;
    return (is_object_[level / 8] >> (level % 8) & 1) != 0;
  }

  /// One scalar, or the opening of a container; then all that closes behind it, up to the place
  /// where the next value begins.
  bool scan_value() noexcept {
    skip_space();
    if (at_ == end_) return false;
    const char* const begin = at_;
    if (*at_ == '{' || *at_ == '[') {
      if (!open()) return false;
      skip_space();
      if (at_ == end_) return false;
      const bool empty = *at_ == (in_object() ? '}' : ']');
      if (!empty) return !in_object() || scan_name();
    } else {
      bool escaped = false;
      const kind found = scan_scalar(escaped);
      if (found == kind::absent) return false;
      note(found, begin, escaped);
    }
    return scan_separator();
  }

  bool open() noexcept {
    if (depth_ == MaxDepth) return false;
    const auto bit = static_cast<std::uint8_t>(1U << (depth_ % 8));
    std::uint8_t& bits = is_object_[depth_ / 8];
    bits = static_cast<std::uint8_t>(*at_ == '{' ? bits | bit : bits & ~bit);
    note(*at_ == '{' ? kind::object : kind::array, at_, false);
    ++depth_;
    ++at_;
    return true;
  }

  /// What follows a value: the ends of containers, then a comma, or the end of the text.
  bool scan_separator() noexcept {
    while (depth_ != 0) {
      skip_space();
      if (at_ == end_) return false;
      const char c = *at_++;
      if (c == ',') return !in_object() || scan_name();
      if (c != (in_object() ? '}' : ']')) return false;
      --depth_;
    }
    return true;
  }

  /// A member's name and its colon; finds out whether its value is wanted.
  bool scan_name() noexcept {
    skip_space();
    if (at_ == end_ || *at_ != '"') return false;
    const char* const begin = ++at_;
    bool escaped = false;
    if (!skip_string<Step>(at_, end_, escaped)) return false;
    const std::string_view name(begin, static_cast<std::size_t>(at_ - begin));
    ++at_;
    skip_space();
    if (at_ == end_ || *at_++ != ':') return false;
    if (depth_ == 1) parent_ = name;
    wanted_ = count_;
    if (depth_ <= 2) find_wanted(name, escaped);
    return true;
  }

  void find_wanted(std::string_view name, bool escaped) noexcept {
    for (std::size_t i = 0; i < count_; ++i) {
      const field& field = fields_[i];
      const bool is_name = escaped || field.any_case
                               ? means(name, field.name, field.any_case)
                               : name.size() == field.name.size() &&
                                     arc_identity::detail::starts_with(name, field.name);
      if (is_name && is_inside(field)) {
        wanted_ = i;
        return;
      }
    }
  }

  /// Inside of an array there is no field, and a member "" is not the top-level object.
  bool is_inside(const field& field) const noexcept {
    return depth_ == 1 ? field.parent.empty()
                       : !field.parent.empty() && means(parent_, field.parent, field.any_case);
  }

  /// Fills the wanted member's value with what stands from `begin` to here.
  void note(kind found, const char* begin, bool escaped) noexcept {
    if (wanted_ == count_) return;
    value& wanted = values_[wanted_];
    wanted_ = count_;
    const std::size_t quote = found == kind::string ? 1 : 0;
    wanted.repeated = wanted.kind != kind::absent;
    wanted.kind = found;
    wanted.escaped = escaped;
    wanted.text = {begin + quote, static_cast<std::size_t>(at_ - begin) - 2 * quote};
  }

  kind scan_scalar(bool& escaped) noexcept {
    switch (*at_) {
      case '"':
        ++at_;
        if (!skip_string<Step>(at_, end_, escaped)) return kind::absent;
        ++at_;
        return kind::string;
      case 't': return skip_word("true") ? kind::boolean : kind::absent;
      case 'f': return skip_word("false") ? kind::boolean : kind::absent;
      case 'n': return skip_word("null") ? kind::null : kind::absent;
      default: return skip_number() ? kind::number : kind::absent;
    }
  }

  bool skip_word(const char* word) noexcept {
    for (; *word != '\0'; ++word) {
      if (!skip_char(*word)) return false;
    }
    return true;
  }

  /// [ minus ] int [ frac ] [ exp ] (RFC 8259, 6).
  bool skip_number() noexcept {
    skip_char('-');
    if (!skip_char('0') && !skip_digits()) return false;
    if (skip_char('.') && !skip_digits()) return false;
    if (skip_char('e') || skip_char('E')) {
      if (!skip_char('+')) skip_char('-');
      return skip_digits();
    }
    return true;
  }

  bool skip_char(char c) noexcept {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  bool skip_digits() noexcept {
    const char* const begin = at_;
    while (at_ != end_ && arc_identity::detail::is_digit(*at_)) ++at_;
    return at_ != begin;
  }

  void skip_space() noexcept {
    while (at_ != end_ && is_space(*at_)) ++at_;
  }

  const char* at_;
  const char* end_;
  const field* fields_;
  value* values_;
  std::size_t count_;
  std::size_t wanted_ = count_;
  std::size_t depth_ = 0;
  std::string_view parent_{};  ///< The name of the top-level member that is being scanned.
  std::uint8_t is_object_[(MaxDepth + 7) / 8] = {};  ///< A bit for each level: object or array.
};

/// A function of its own, since one program may extract fields of several kinds.
template <std::size_t MaxDepth>
ARC_IDENTITY_NOINLINE bool scan(std::string_view text, const field* fields, value* values,
                                std::size_t count) noexcept {
  return scanner<MaxDepth>(text, fields, values, count).scan();
}

}  // namespace detail

/// Whether `text` is one JSON value, of any kind, with nothing but white space around it. Strings
/// must be UTF-8; surrogates that are escaped must come in pairs; arrays and objects may stand
/// `MaxDepth` deep inside each other.
template <std::size_t MaxDepth = default_limits::max_json_depth>
bool is_valid(std::string_view text) noexcept {
  return detail::scanner<MaxDepth>(text, nullptr, nullptr, 0).scan();
}

/// Validates `text` and fills `values[i]` with what it has for `fields[i]`. Where it is not valid
/// the result is false and the values mean nothing. Of objects and arrays only the kind and, with
/// an empty text there, the beginning is told.
template <std::size_t MaxDepth = default_limits::max_json_depth, std::size_t Count>
bool extract(std::string_view text, const field (&fields)[Count], value (&values)[Count]) noexcept {
  return detail::scanner<MaxDepth>(text, fields, values, Count).scan();
}

/// What the traits name as their `json_extractor`. Another one, such as that over simdjson in
/// arc_identity/json/simdjson.hpp, has the same static function, with the same verdicts and values.
struct extractor {
  /// As `json::extract`.
  template <std::size_t MaxDepth, std::size_t Count>
  static bool extract(std::string_view text, const field (&fields)[Count],
                      value (&values)[Count]) noexcept {
    return detail::scan<MaxDepth>(text, fields, values, Count);
  }
};

}  // namespace json
ARC_IDENTITY_END
