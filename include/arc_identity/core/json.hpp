// SPDX-License-Identifier: MIT
/// Strict JSON (RFC 8259) without a tree: validates a text, picks the members of an object, walks
/// arrays and paths. No recursion and no allocation; what it finds are views into the text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/json/scanner.hpp>
#if defined(ARC_IDENTITY_SIMDJSON)
#include <arc_identity/core/json/simdjson.hpp>
#endif

ARC_IDENTITY_BEGIN
namespace detail {

/// Takes the next value, nested at most `limit` deep; its kind is `absent` if it is malformed.
inline void take_json_value(json_scanner& scanner, json::value& found,
                            std::size_t limit = json::max_depth) noexcept {
  scanner.skip_space();
  const char* begin = scanner.at;
  found.kind = scanner.skip_value(limit);
  const char* end = scanner.at;
  if (found.kind == json::kind::string) ++begin, --end;
  found.text = {begin, static_cast<std::size_t>(end - begin)};
}

/// Decodes the text of a valid string in place; returns its new end.
inline char* unescape(char* begin, const char* end) noexcept {
  json_scanner text(begin, end);
  while (!text.empty()) begin = write_utf8(text.read_char(), begin);
  return begin;
}

}  // namespace detail

namespace json {

/// How `extract` compares names.
enum class name_case : std::uint8_t { exact, ignored };

/// Walks the members of an object or the elements of an array, and validates them on the way.
class items {
 public:
  /// `text` is the array or object, with or without white space around it.
  explicit items(std::string_view text) noexcept : scanner_(text) { open(); }
  /// The items of a value; a scalar has none.
  explicit items(const value& container) noexcept
      : items(container.kind >= kind::array ? container.text : std::string_view{}) {}

  /// Advances to the next item: false at the end, or if the text is malformed.
  bool next() noexcept {
    const state before = state_;
    if (before > state::within) return false;
    state_ = state::malformed;  // Unless there is an item, or the end.
    scanner_.skip_space();
    if (scanner_.skip(is_object_ ? '}' : ']')) {
      scanner_.skip_space();
      if (scanner_.empty()) state_ = state::at_end;
      return false;
    }
    if (before == state::within && !scanner_.skip(',')) return false;
    if (is_object_ && !scanner_.take_name(name_)) return false;
    detail::take_json_value(scanner_, value_, max_depth - 1);
    if (value_.kind == kind::absent) return false;
    state_ = state::within;
    return true;
  }

  /// The member's name as written between its quotes; empty in an array.
  std::string_view name() const noexcept { return name_.view(); }
  /// The member's value, or the element.
  const json::value& value() const noexcept { return value_; }
  /// Whether it is an object.
  bool is_object() const noexcept { return is_object_; }
  /// At the end: whether the text is one array or object, all of it valid.
  bool is_valid() const noexcept { return state_ == state::at_end; }

 private:
  friend bool extract(std::string_view, const char*, json::value*, name_case) noexcept;

  enum class state : std::uint8_t { before_first, within, at_end, malformed };

  void open() noexcept {
    scanner_.skip_space();
    is_object_ = scanner_.skip('{');
    if (!is_object_ && !scanner_.skip('[')) state_ = state::malformed;
  }

  detail::json_scanner scanner_;
  detail::cursor name_{};
  json::value value_{};
  bool is_object_ = false;
  state state_ = state::before_first;
};

/// Whether `text` is one JSON value, of any kind, with nothing but white space around it. Strings
/// must be UTF-8, escaped surrogates must come in pairs, and arrays and objects may be nested up to
/// `max_depth` (512).
inline bool is_valid(std::string_view text) noexcept {
#if defined(ARC_IDENTITY_SIMDJSON)
  return detail::simdjson_walk(text).walk() != kind::absent;
#else
  detail::json_scanner scanner(text);
  value whole;
  detail::take_json_value(scanner, whole);
  scanner.skip_space();
  return whole.kind != kind::absent && scanner.empty();
#endif
}

/// Validates `object` and sets `values[i]` for each of its members that has the i-th name of
/// `names`, where each name is plain ASCII and ends with a NUL: "error\0message\0". Returns false
/// if the text is not one valid object; then the values are meaningless.
ARC_IDENTITY_NOINLINE inline bool extract(std::string_view object, const char* names, value* values,
                                          name_case names_in = name_case::exact) noexcept {
  const bool ignore_case = names_in == name_case::ignored;
#if defined(ARC_IDENTITY_SIMDJSON)
  return detail::simdjson_walk(object, names, values, ignore_case).walk() == kind::object;
#else
  items members(object);
  while (members.next()) {
    const int index = detail::find_json_name(members.name_, names, ignore_case);
    if (index < 0) continue;
    value& wanted = values[index];
    const bool repeated = wanted.kind != kind::absent;
    wanted = members.value_;
    wanted.repeated = repeated;
  }
  return members.is_valid() && members.is_object();
#endif
}

/// Decodes the escapes of a valid string's text in place; the result is never longer.
inline std::string_view unescape(mutable_buffer quoted) noexcept {
  return {quoted.data(),
          static_cast<std::size_t>(detail::unescape(quoted.begin(), quoted.end()) - quoted.data())};
}

}  // namespace json
ARC_IDENTITY_END
