// SPDX-License-Identifier: MIT
/// Finds, in `WWW-Authenticate` fields (RFC 9110, 11.6.1), the path of the key file that the agent
/// names, and decides whether it may be opened. It opens nothing.
#pragma once

#include <cstddef>
#include <string_view>

#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/detail/cursor.hpp>
#include <arc_identity/core/detail/reason.hpp>
#include <arc_identity/core/detail/windows_path.hpp>
#include <arc_identity/core/result.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// A `WWW-Authenticate` field's value: schemes and parameters, with commas between them.
struct challenge_list : cursor {
  using cursor::cursor;

  /// Commas and white space between elements; false at the end of the list.
  bool skip_separators() noexcept {
    do {
      skip_blanks();
    } while (skip(','));
    return !empty();
  }

  /// The rest of an element, up to a comma that is not in quotes.
  void skip_element() noexcept {
    cursor skipped;
    for (take_until(",\"", skipped); skip('"'); take_until(",\"", skipped)) {
      take_until("\"", skipped);
      skip('"');
    }
  }

  /// A parameter's value: quoted or, as the agent sends it, bare up to the end of the element. A
  /// backslash in quotes is not an escape, because Windows paths are sent unescaped.
  bool take_value(cursor& value) noexcept {
    if (!skip('=')) return false;
    skip_blanks();
    const bool quoted = skip('"');
    take_until(quoted ? "\"" : ",\"", value);
    if (quoted && !skip('"')) return false;
    if (!quoted) value.trim();
    skip_blanks();
    return empty() || *at == ',';
  }
};

/// The realm of the first Basic challenge in any number of fields.
class basic_realm {
 public:
  /// `none` once it is found; otherwise why not.
  reason rejection() const noexcept { return rejection_; }
  const cursor& value() const noexcept { return value_; }

  /// Reads the next field's value. Once the realm is found, or a field was malformed, the others
  /// do not matter.
  void look_in(const cursor& field) noexcept {
    if (rejection_ == reason::no_challenge) rejection_ = reason::no_basic_realm;
    if (rejection_ == reason::no_basic_realm)
      rejection_ = read(challenge_list(field.at, field.end));
  }

 private:
  reason read(challenge_list list) noexcept {
    reason found = reason::no_basic_realm;
    bool in_basic = false;
    while (list.skip_separators()) {
      cursor name;
      list.take_token(name);
      if (name.empty()) return reason::bad_challenge;
      list.skip_blanks();
      if (!list.is_at('=')) {  // A scheme, and perhaps its first parameter.
        if (found == reason::none) break;
        in_basic = name.is("basic\0");
        list.take_token(name);
        list.skip_blanks();
      }
      if (!in_basic || !name.is("realm\0")) {
        list.skip_element();
        continue;
      }
      if (found == reason::none) return reason::two_realms;
      if (!list.take_value(value_)) return reason::bad_challenge;
      found = reason::none;
    }
    return found;
  }

  reason rejection_ = reason::no_challenge;
  cursor value_{};
};

/// Why `path` may not be opened as a key file in `parent`; `none` if it may.
inline reason check_key_path(cursor path, std::string_view parent) noexcept {
  cursor directory(parent);
  const bool windows = is_windows_path(parent);
  while (!directory.empty() && path_char(directory.end[-1], windows) == '/') --directory.end;
  if (directory.empty()) return reason::no_key_directory;
  for (; !directory.empty(); ++directory.at, ++path.at) {
    if (path.empty() || path_char(*path.at, windows) != path_char(*directory.at, windows)) {
      return reason::outside_directory;
    }
  }
  if (path.empty() || path_char(*path.at++, windows) != '/') return reason::outside_directory;
  if (path.size() <= 4) return reason::bad_extension;
  for (int i = 0; i < 4; ++i) {
    if (path_char(path.end[i - 4], windows) != ".key"[i]) return reason::bad_extension;
  }
  for (const char* c = path.at; c != path.end; ++c) {
    if (*c == '/' || *c == '\\') return reason::outside_directory;
    if (is_control(*c)) return reason::bad_key_name;
  }
  return windows && is_reserved_on_windows(path.view()) ? reason::reserved_key_name : reason::none;
}

}  // namespace detail

namespace challenge {

/// The key file's path, as a view into `header_value`, of the first Basic challenge in one
/// `WWW-Authenticate` field. It is one name, ending in `.key`, directly in `directory`. On Windows
/// the case of ASCII letters does not matter, both slashes are one, and a name under which Windows
/// opens something else (a device, a stream, a short name) is refused.
/// Errors: `key_path_rejected` for everything else.
inline result<std::string_view> key_path(std::string_view header_value,
                                         std::string_view directory) noexcept {
  detail::basic_realm realm;
  realm.look_in(detail::cursor(header_value));
  detail::reason rejection = realm.rejection();
  if (rejection != detail::reason::none) return detail::violation(rejection, header_value);
  rejection = detail::check_key_path(realm.value(), directory);
  if (rejection != detail::reason::none) return detail::violation(rejection, realm.value().view());
  return realm.value().view();
}

}  // namespace challenge
ARC_IDENTITY_END
