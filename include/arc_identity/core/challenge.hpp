// SPDX-License-Identifier: MIT
/// Finds, in `WWW-Authenticate` fields (RFC 9110, 11.6.1), the path of the key file that the agent
/// wants read, and decides whether it may be opened. It opens nothing.
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
class challenge_list : public cursor {
 public:
  using cursor::cursor;

  /// Commas and white space between elements; false at the end of the list.
  bool skip_separators() noexcept {
    do {
      skip_blanks();
    } while (skip(','));
    return !is_at_end();
  }

  /// The rest of an element, up to a comma that is not in quotes.
  void skip_element() noexcept {
    for (take_until_any(",\""); skip('"'); take_until_any(",\"")) {
      take_until_any("\"");
      skip('"');
    }
  }

  /// What is behind a parameter's name: quoted or, as the agent sends it, bare up to the end of the
  /// element. A backslash in quotes is not an escape, for Windows paths are sent as they are.
  bool take_value(std::string_view& value) noexcept {
    if (!skip('=')) return false;
    skip_blanks();
    const bool quoted = skip('"');
    value = take_until_any(quoted ? "\"" : ",\"");
    if (quoted && !skip('"')) return false;
    if (!quoted) value = trim(value);
    skip_blanks();
    return is_at_end() || is_at(',');
  }
};

/// The realm of the first Basic challenge in any number of fields.
class basic_realm {
 public:
  /// `none` once it is found; else why it is not.
  reason rejection() const noexcept { return rejection_; }
  std::string_view value() const noexcept { return value_; }

  /// Reads the next field's value. Once the realm is found, or a field was malformed, the others
  /// do not matter.
  ARC_IDENTITY_NOINLINE void look_in(std::string_view field) noexcept {
    if (rejection_ != reason::no_challenge && rejection_ != reason::no_basic_realm) return;
    rejection_ = reason::no_basic_realm;
    challenge_list list(field);
    bool in_basic = false;
    while (list.skip_separators()) {
      std::string_view name = list.take_token();
      if (name.empty()) return reject(reason::bad_challenge);
      list.skip_blanks();
      if (!list.is_at('=')) {  // A scheme, and perhaps its first parameter.
        if (rejection_ == reason::none) return;
        in_basic = equals_ignoring_case(name, "basic");
        name = list.take_token();
        list.skip_blanks();
      }
      if (!in_basic || !equals_ignoring_case(name, "realm")) {
        list.skip_element();
      } else {
        if (rejection_ == reason::none) return reject(reason::two_realms);
        if (!list.take_value(value_)) return reject(reason::bad_challenge);
        rejection_ = reason::none;
      }
    }
  }

 private:
  void reject(reason why) noexcept { rejection_ = why; }

  std::string_view value_{};
  reason rejection_ = reason::no_challenge;
};

/// Why `path` may not be opened as a key file in `directory`; `none` where it may.
ARC_IDENTITY_NOINLINE inline reason check_key_path(std::string_view path,
                                                   std::string_view directory) noexcept {
  const bool windows = is_windows_path(directory);
  while (!directory.empty() && path_char(directory.back(), windows) == '/') {
    directory.remove_suffix(1);
  }
  if (directory.empty()) return reason::no_key_directory;
  for (const char c : directory) {
    if (path.empty() || path_char(path.front(), windows) != path_char(c, windows)) {
      return reason::outside_directory;
    }
    path = after(path, 1);
  }
  if (path.empty() || path_char(path.front(), windows) != '/') return reason::outside_directory;
  path = after(path, 1);
  std::size_t left = path.size();
  for (const char c : path) {
    if (c == '/' || c == '\\') return reason::outside_directory;
    if (is_control(c)) return reason::bad_key_name;
    const char* const extension = ".key";
    if (left <= 4 && path_char(c, windows) != extension[4 - left]) return reason::bad_extension;
    --left;
  }
  if (path.size() <= 4) return reason::bad_extension;
  return windows && is_reserved_on_windows(path) ? reason::reserved_key_name : reason::none;
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
  realm.look_in(header_value);
  if (realm.rejection() != detail::reason::none) {
    return detail::violation(realm.rejection(), header_value);
  }
  const detail::reason rejection = detail::check_key_path(realm.value(), directory);
  if (rejection != detail::reason::none) return detail::violation(rejection, realm.value());
  return realm.value();
}

}  // namespace challenge
ARC_IDENTITY_END
