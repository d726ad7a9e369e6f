// SPDX-License-Identifier: MIT
/// Validates JSON with simdjson (3.0 or later), for programs that already use it. If
/// `ARC_IDENTITY_SIMDJSON` is defined, `json::is_valid` and `json::extract` use it, and so does
/// everything that reads JSON; the results are the same.
///
/// simdjson splits the text into tokens and checks its UTF-8. Scalars and names are checked here,
/// because simdjson has limits on numbers that RFC 8259 does not have. A call allocates about six
/// times the text's size, and recurses to the text's depth; if memory runs out, the text counts as
/// invalid.
#pragma once

#include <cstddef>
#include <string_view>

#include <simdjson.h>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/detail/cursor.hpp>
#include <arc_identity/core/json/scanner.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// A copy of the text with the padding that simdjson reads after it; wiped at the end, because it
/// may hold a token. Has no data if memory ran out.
class padded_copy {
 public:
  explicit padded_copy(std::string_view text) noexcept : copy_(text.size()) {
    if (copy_.data() != nullptr) copy_secret(copy_.data(), text);
  }
  ~padded_copy() {
    if (copy_.data() != nullptr) wipe({copy_.data(), copy_.size()});
  }
  padded_copy(const padded_copy&) = delete;
  padded_copy& operator=(const padded_copy&) = delete;

  const simdjson::padded_string& string() const noexcept { return copy_; }
  const char* begin() const noexcept { return copy_.data(); }
  const char* end() const noexcept { return copy_.data() + copy_.size(); }

 private:
  simdjson::padded_string copy_;
};

/// One walk over a text, which stops where it is invalid. simdjson gets a copy; the results are
/// views into `text`.
class simdjson_walk {
 public:
  /// For `names` and `values` see `json::extract`.
  explicit simdjson_walk(std::string_view text, const char* names = "",
                         json::value* values = nullptr, bool ignore_case = false) noexcept
      : text_(text), copy_(text), names_(names), values_(values), ignore_case_(ignore_case) {}

  /// The kind of the text's value; `absent` if it is invalid.
  json::kind walk() noexcept {
    simdjson::ondemand::parser parser;
    if (copy_.begin() == nullptr || starts_with(text_, "\xef\xbb\xbf")) return json::kind::absent;
    if (parser.allocate(text_.size(), json::max_depth + 1) != simdjson::SUCCESS ||
        parser.iterate(copy_.string()).get(document_) != simdjson::SUCCESS) {
      return json::kind::absent;
    }
    json::value whole;
    return walk_value(document_, 0, whole) ? whole.kind : json::kind::absent;
  }

 private:
  // NOLINTBEGIN(misc-no-recursion): it ends at max_depth.
  template <class Element>
  bool walk_value(Element& element, std::size_t depth, json::value& found) noexcept {
    simdjson::ondemand::object object;
    simdjson::ondemand::array array;
    std::string_view token;  // And the white space after it.
    using result = simdjson::simdjson_result<std::string_view>;
    if (result(element.raw_json_token()).get(token) != simdjson::SUCCESS) return false;
    json_scanner scanner(token);
    const char* end = nullptr;   // Of the value.
    const char* next = nullptr;  // What follows it.
    if (scanner.is_at('{') || scanner.is_at('[')) {
      found.kind = scanner.is_at('{') ? json::kind::object : json::kind::array;
      if (depth == json::max_depth) return false;
      if (found.kind == json::kind::object
              ? element.get_object().get(object) != simdjson::SUCCESS || !walk_object(object, depth)
              : element.get_array().get(array) != simdjson::SUCCESS || !walk_array(array, depth)) {
        return false;
      }
      if (document_.current_location().get(next) != simdjson::SUCCESS) next = copy_.end();
      for (end = next; end[-1] != '}' && end[-1] != ']';) --end;
    } else {
      found.kind = scanner.skip_value();
      end = scanner.at;
      scanner.skip_space();
      next = scanner.at;
      if (found.kind == json::kind::absent || !scanner.empty()) return false;
    }
    const std::size_t quote = found.kind == json::kind::string ? 1 : 0;
    const char* const begin = token.data() + quote;
    found.text = text_.substr(static_cast<std::size_t>(begin - copy_.begin()),
                              static_cast<std::size_t>(end - begin) - quote);
    // simdjson's next token may not be a valid one.
    return depth == 0 ? next == copy_.end() : next != copy_.end() && contains(",]}", *next);
  }

  bool walk_object(simdjson::ondemand::object object, std::size_t depth) noexcept {
    for (auto member : object) {
      simdjson::ondemand::raw_json_string raw;
      simdjson::ondemand::value element;
      json::value found;
      cursor name;
      if (member.key().get(raw) != simdjson::SUCCESS) return false;
      if (!json_scanner(raw.raw() - 1, copy_.end()).take_name(name)) return false;
      if (member.value().get(element) != simdjson::SUCCESS) return false;
      if (!walk_value(element, depth + 1, found)) return false;
      const int index = depth == 0 ? find_json_name(name, names_, ignore_case_) : -1;
      if (index < 0) continue;
      found.repeated = values_[index].kind != json::kind::absent;
      values_[index] = found;
    }
    return true;
  }

  bool walk_array(simdjson::ondemand::array array, std::size_t depth) noexcept {
    for (auto item : array) {
      simdjson::ondemand::value element;
      json::value found;
      if (item.get(element) != simdjson::SUCCESS) return false;
      if (!walk_value(element, depth + 1, found)) return false;
    }
    return true;
  }
  // NOLINTEND(misc-no-recursion)

  std::string_view text_;
  padded_copy copy_;
  const char* names_;
  json::value* values_;
  bool ignore_case_;
  simdjson::ondemand::document document_{};
};

}  // namespace detail
ARC_IDENTITY_END
