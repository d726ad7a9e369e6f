// SPDX-License-Identifier: MIT
// Values selected by a path: they lie in the text and are valid themselves, and the finder and the
// extractor agree.
//
// Input: a path, a line feed, the text.

#include <string>

#include <arc_identity/core/json/path.hpp>

#include "fuzz.hpp"

namespace {

namespace json = arc_identity::json;
using fuzz::require;

/// Checks that both searches give the same value of a member of the top-level object.
void check_against_extract(std::string_view text, std::string_view name, const json::value& found) {
  if (name.empty() || name.find_first_of(".[") != std::string_view::npos) return;
  if (name.find('\0') != std::string_view::npos) return;
  json::value extracted;
  const std::string names = std::string(name) + '\0';
  if (!json::extract(text, names.c_str(), &extracted)) {
    return require(found.kind == json::kind::absent, "only an object has members");
  }
  require(extracted.kind == found.kind, "both searches give the same kind");
  require(extracted.text.data() == found.text.data() && extracted.text.size() == found.text.size(),
          "both searches give the same place");
}

void check_value(std::string_view text, const json::value& found) {
  if (found.kind == json::kind::absent)
    return require(found.text.empty(), "an absent value is empty");
  require(fuzz::lies_inside(found.text, text), "the value lies in the text");
  const std::string whole = found.kind == json::kind::string ? '"' + std::string(found.text) + '"'
                                                             : std::string(found.text);
  require(json::is_valid(whole), "the value is valid JSON by itself");
  const json::value again = json::find(whole, "");
  require(again.kind == found.kind && again.text == found.text, "the value is the same by itself");
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::input input(data, size);
  const std::string path(input.line());
  const std::vector<char> memory = fuzz::copy(input.rest());
  const std::string_view text(memory.data(), memory.size());
  const json::value found = json::find(text, path);
  check_value(text, found);
  if (json::is_valid(text)) {
    check_against_extract(text, path, found);
    const json::value element = json::find("[0," + std::string(text) + "]", "[1]");
    require(element.kind == json::find(text, "").kind || fuzz::contains(text, "["),
            "an element has the kind that it has by itself, unless it is too deep");
  } else {
    require(found.kind == json::kind::absent, "nothing is found in an invalid text");
  }
  return 0;
}
