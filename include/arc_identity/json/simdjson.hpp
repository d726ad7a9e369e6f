// SPDX-License-Identifier: MIT
/// The JSON of the traits over simdjson (3.0 or later), for programs that have it anyway; the same
/// verdicts and the same values as those of the library's own extractor. Not part of the single
/// header.
///
///     struct traits : arc_identity::system::traits {
///       using json_extractor = arc_identity::json::simdjson_extractor;
///     };
///
/// simdjson splits the text into tokens and checks its UTF-8; scalars are judged here, since
/// simdjson has limits on numbers that RFC 8259 does not have. A call allocates about six times the
/// text, and is recursive to the depth that the text has.
#pragma once

#include <cstddef>
#include <string_view>

#include <simdjson.h>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/json.hpp>
#include <arc_identity/core/json/string.hpp>

ARC_IDENTITY_BEGIN
namespace json {
namespace detail {

/// A copy of the text with the padding behind it that simdjson reads into; wiped in the end, for it
/// may hold a token. Without data where memory ran out.
class padded_copy {
 public:
  explicit padded_copy(std::string_view text) noexcept : copy_(text.size()) {
    if (copy_.data() != nullptr) arc_identity::detail::copy_secret(copy_.data(), text);
  }
  ~padded_copy() {
    if (copy_.data() != nullptr) arc_identity::wipe({copy_.data(), copy_.size()});
  }
  padded_copy(const padded_copy&) = delete;
  padded_copy& operator=(const padded_copy&) = delete;

  const simdjson::padded_string& string() const noexcept { return copy_; }

 private:
  simdjson::padded_string copy_;
};

/// One walk over a text, which stops where it is not valid. What is noted are views into `text`;
/// simdjson gets its copy.
template <std::size_t MaxDepth>
class simdjson_walk {
 public:
  simdjson_walk(std::string_view text, const field* fields, value* values,
                std::size_t count) noexcept
      : text_(text), copy_(text), fields_(fields), values_(values), count_(count) {}

  bool walk() noexcept {
    const simdjson::padded_string& copy = copy_.string();
    simdjson::ondemand::parser parser;
    simdjson::ondemand::document document;
    if (copy.data() == nullptr) return false;
    if (parser.allocate(copy.size(), MaxDepth + 1) != simdjson::SUCCESS) return false;
    if (parser.iterate(copy).get(document) != simdjson::SUCCESS) return false;
    end_ = copy.data() + copy.size();
    if (!walk_value(document, {}, 0, count_)) return false;
    return is_scalar_ || document.current_location().error() == simdjson::OUT_OF_BOUNDS;
  }

 private:
  /// `name` is the member's, where the value is a member's; `wanted` the index of the value to note
  /// it in, or `count_`.
  // NOLINTBEGIN(misc-no-recursion): it ends at MaxDepth.
  template <class Element>
  bool walk_value(Element& element, std::string_view name, std::size_t depth,
                  std::size_t wanted) noexcept {
    simdjson::ondemand::json_type type{};
    if (element.type().get(type) != simdjson::SUCCESS) return false;
    switch (type) {
      case simdjson::ondemand::json_type::object: {
        simdjson::ondemand::object object;
        note(wanted, {kind::object});
        return depth < MaxDepth && element.get_object().get(object) == simdjson::SUCCESS &&
               walk_object(object, name, depth + 1);
      }
      case simdjson::ondemand::json_type::array: {
        simdjson::ondemand::array array;
        note(wanted, {kind::array});
        return depth < MaxDepth && element.get_array().get(array) == simdjson::SUCCESS &&
               walk_array(array, depth + 1);
      }
      case simdjson::ondemand::json_type::string: {
        simdjson::ondemand::raw_json_string raw;
        scalar string{kind::string};
        if (element.get_raw_json_string().get(raw) != simdjson::SUCCESS) return false;
        if (!take_string(raw, string)) return false;
        return end_scalar(string, depth, wanted);
      }
      default: {
        std::string_view token;
        scalar word{type == simdjson::ondemand::json_type::number    ? kind::number
                    : type == simdjson::ondemand::json_type::boolean ? kind::boolean
                                                                     : kind::null};
        using result = simdjson::simdjson_result<std::string_view>;
        if (result(element.raw_json_token()).get(token) != simdjson::SUCCESS) return false;
        word.end = token.data() + token.size();  // The next token, or the end of the text.
        while (!token.empty() && is_space(token.back())) token.remove_suffix(1);
        word.text = token;
        return is_valid<1>(token) && end_scalar(word, depth, wanted);
      }
    }
  }

  bool walk_object(simdjson::ondemand::object object, std::string_view parent,
                   std::size_t depth) noexcept {
    for (auto member : object) {
      simdjson::ondemand::raw_json_string raw;
      simdjson::ondemand::value element;
      scalar name{kind::string};
      if (member.key().get(raw) != simdjson::SUCCESS || !take_string(raw, name)) return false;
      if (name.end == end_ || *name.end != ':') return false;
      if (member.value().get(element) != simdjson::SUCCESS) return false;
      const std::size_t wanted = find_wanted(name.text, parent, depth);
      if (!walk_value(element, name.text, depth, wanted)) return false;
    }
    return true;
  }

  bool walk_array(simdjson::ondemand::array array, std::size_t depth) noexcept {
    for (auto item : array) {
      simdjson::ondemand::value element;
      if (item.get(element) != simdjson::SUCCESS) return false;
      if (!walk_value(element, {}, depth, count_)) return false;
    }
    return true;
  }

  // NOLINTEND(misc-no-recursion)

  /// What was found, in the copy; `end` is the next byte that is no white space.
  struct scalar {
    json::kind kind = json::kind::absent;
    std::string_view text{};
    bool escaped = false;
    const char* end = nullptr;
  };

  bool take_string(simdjson::ondemand::raw_json_string raw, scalar& string) const noexcept {
    const char* const begin = raw.raw();
    const char* at = begin;
    if (!skip_string(at, end_, string.escaped)) return false;
    string.text = {begin, static_cast<std::size_t>(at - begin)};
    do {
      ++at;
    } while (at != end_ && is_space(*at));
    string.end = at;
    return true;
  }

  /// A scalar is followed by what simdjson takes for the next token; a whole text by nothing.
  bool end_scalar(const scalar& found, std::size_t depth, std::size_t wanted) noexcept {
    note(wanted, found);
    is_scalar_ = depth == 0;
    if (is_scalar_) return found.end == end_;
    return found.end != end_ && (*found.end == ',' || *found.end == ']' || *found.end == '}');
  }

  std::size_t find_wanted(std::string_view name, std::string_view parent,
                          std::size_t depth) const noexcept {
    if (depth > 2) return count_;
    for (std::size_t i = 0; i < count_; ++i) {
      const field& field = fields_[i];
      const bool is_right_parent =
          depth == 1 ? field.parent.empty()
                     : !field.parent.empty() && means(parent, field.parent, field.any_case);
      if (is_right_parent && means(name, field.name, field.any_case)) return i;
    }
    return count_;
  }

  void note(std::size_t wanted, const scalar& found) noexcept {
    if (wanted == count_) return;
    value& to = values_[wanted];
    to.repeated = to.kind != kind::absent;
    to.kind = found.kind;
    to.escaped = found.escaped;
    const char* const copy = copy_.string().data();
    to.text =
        found.text.data() == nullptr
            ? std::string_view()
            : text_.substr(static_cast<std::size_t>(found.text.data() - copy), found.text.size());
  }

  static bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

  std::string_view text_;
  padded_copy copy_;
  const field* fields_;
  value* values_;
  std::size_t count_;
  const char* end_ = nullptr;  ///< Of the copy.
  bool is_scalar_ = false;     ///< The text is a scalar, and was walked to its end.
};

}  // namespace detail

/// See `json::extractor`. Where memory runs out, a text counts as not valid.
struct simdjson_extractor {
  /// As `json::extract`.
  template <std::size_t MaxDepth, std::size_t Count>
  static bool extract(std::string_view text, const field (&fields)[Count],
                      value (&values)[Count]) noexcept {
    return detail::simdjson_walk<MaxDepth>(text, fields, values, Count).walk();
  }
};

}  // namespace json
ARC_IDENTITY_END
