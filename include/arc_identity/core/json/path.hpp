// SPDX-License-Identifier: MIT
/// Finds one value in JSON by its path, such as `compute.tagsList[0].value`, and walks arrays, over
/// the scanner of json.hpp. For documents that are looked into a few times: each step scans what it
/// steps over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/json.hpp>

ARC_IDENTITY_BEGIN
namespace json {
namespace detail {

// All texts below are parts of valid JSON, and a value is what begins and ends with it; an empty
// one is none.

inline std::string_view skip_space(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  return text;
}

/// The value that `text` begins with, after white space; none at the end of an array.
template <std::size_t MaxDepth>
std::string_view first_value(std::string_view text) noexcept {
  text = skip_space(text);
  scanner<MaxDepth> scanner(text, nullptr, nullptr, 0);
  return scanner.scan_one() ? text.substr(0, static_cast<std::size_t>(scanner.at() - text.data()))
                            : std::string_view{};
}

}  // namespace detail

/// The elements of an array, one after the other: views into its text, each whole, a string with
/// its quotes.
template <std::size_t MaxDepth = default_limits::max_json_depth>
class elements {
 public:
  /// What `find` found. Of anything but an array there are no elements.
  explicit elements(const value& array) noexcept
      : rest_(array.kind == kind::array ? array.text : std::string_view{}) {}

  /// `array` is one value of JSON, without white space around it; not the text of a string, which
  /// may look like an array. Of what is not valid, the elements before the flaw are given.
  explicit elements(std::string_view array) noexcept : rest_(array) {
    if (rest_.empty() || rest_.front() != '[') rest_ = {};
  }

  /// Empty behind the last one.
  std::string_view next() noexcept {
    if (rest_.empty() || rest_.front() == ']') return {};
    rest_ = detail::skip_space(rest_.substr(1));  // The bracket, or the comma before this one.
    const std::string_view found = detail::first_value<MaxDepth>(rest_);
    rest_ = detail::skip_space(rest_.substr(found.size()));
    const bool goes_on = !rest_.empty() && (rest_.front() == ',' || rest_.front() == ']');
    if (found.empty() || !goes_on) rest_ = {};
    return found;
  }

 private:
  std::string_view rest_{};
};

namespace detail {

/// An object's member; the last one of that name.
template <std::size_t MaxDepth>
std::string_view member(std::string_view object, std::string_view name) noexcept {
  const field wanted{name};
  value found{};
  if (!scanner<MaxDepth>(object, &wanted, &found, 1).scan() || found.kind == kind::absent)
    return {};
  const std::size_t quote = found.kind == kind::string ? 1 : 0;
  const auto begin = static_cast<std::size_t>(found.text.data() - object.data()) - quote;
  return first_value<MaxDepth>(object.substr(begin));
}

/// An array's element, counted from 0.
template <std::size_t MaxDepth>
std::string_view element(std::string_view array, std::size_t index) noexcept {
  elements<MaxDepth> all(array);
  std::string_view found = all.next();
  for (; index != 0 && !found.empty(); --index) found = all.next();
  return found;
}

/// What a value is. Unlike `extract` it gives the whole text of an object or an array, too.
inline value describe(std::string_view text) noexcept {
  value described{text};
  switch (text.empty() ? '\0' : text.front()) {
    case '\0': break;
    case '{': described.kind = kind::object; break;
    case '[': described.kind = kind::array; break;
    case 't':
    case 'f': described.kind = kind::boolean; break;
    case 'n': described.kind = kind::null; break;
    case '"':
      described.kind = kind::string;
      described.text = text.substr(1, text.size() - 2);
      described.escaped = described.text.find('\\') != std::string_view::npos;
      break;
    default: described.kind = kind::number;
  }
  return described;
}

/// A step of a path that begins with a bracket: `[INDEX]`. `path` keeps the rest.
template <std::size_t MaxDepth>
std::string_view index_step(std::string_view array, std::string_view& path) noexcept {
  namespace ascii = arc_identity::detail;
  const std::size_t end = path.find(']');
  if (end == std::string_view::npos) return {};
  const std::int64_t index = ascii::parse_decimal(path.substr(1, end - 1));
  if (index < 0 || index > 999'999'999) return {};
  path.remove_prefix(end + 1);
  return element<MaxDepth>(array, static_cast<std::size_t>(index));
}

/// A step that is a name, up to the next dot or bracket. `path` keeps the rest.
template <std::size_t MaxDepth>
std::string_view name_step(std::string_view object, std::string_view& path) noexcept {
  const std::string_view name = path.substr(0, path.find_first_of(".["));
  path.remove_prefix(name.size());
  return name.empty() ? std::string_view{} : member<MaxDepth>(object, name);
}

}  // namespace detail

/// The value at `path` in `text`, which must be valid JSON: names with dots between them, and
/// indices from 0 in brackets; an empty path is the whole. Names that hold a dot or a bracket
/// cannot be said. `kind::absent` where there is none, where the path is none, or where `text` is
/// not valid. Of objects and arrays, the text is all of it. Where a name is repeated, the last
/// counts.
template <std::size_t MaxDepth = default_limits::max_json_depth>
value find(std::string_view text, std::string_view path) noexcept {
  if (!is_valid<MaxDepth>(text)) return {};
  std::string_view found = detail::first_value<MaxDepth>(text);
  for (bool is_first = true; !path.empty() && !found.empty(); is_first = false) {
    const bool is_index = path.front() == '[';
    if (!is_first && !is_index) {
      if (path.front() != '.') return {};
      path.remove_prefix(1);
    }
    found = is_index ? detail::index_step<MaxDepth>(found, path)
                     : detail::name_step<MaxDepth>(found, path);
  }
  return detail::describe(found);
}

}  // namespace json
ARC_IDENTITY_END
