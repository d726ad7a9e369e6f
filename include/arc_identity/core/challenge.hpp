// SPDX-License-Identifier: MIT
/// Finds, in a `WWW-Authenticate` field (RFC 9110, 11.6.1), the path of the key file that the
/// agent wants read, and decides whether it may be opened. It opens nothing.
#pragma once

#include <cstddef>
#include <string_view>

#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/result.hpp>

ARC_IDENTITY_BEGIN
namespace challenge {
namespace detail {

using arc_identity::detail::objection;

/// Reads one element of the list: up to a comma that stands outside of quotes.
inline std::string_view take_element(std::string_view& list) noexcept {
  bool quoted = false;
  std::size_t size = 0;
  for (; size < list.size() && (quoted || list[size] != ','); ++size) {
    if (list[size] == '"') quoted = !quoted;
  }
  const std::string_view element = arc_identity::detail::first(list, size);
  list = arc_identity::detail::after(list, size < list.size() ? size + 1 : size);
  return arc_identity::detail::trim(element);
}

/// The leading token of `text` (RFC 9110, 5.6.2); `text` keeps what follows, white space trimmed.
inline std::string_view take_token(std::string_view& text) noexcept {
  std::size_t size = 0;
  while (size < text.size() && arc_identity::detail::is_token_char(text[size])) ++size;
  const std::string_view token = arc_identity::detail::first(text, size);
  text = arc_identity::detail::trim(arc_identity::detail::after(text, size));
  return token;
}

/// A parameter's value: quoted or, as the agent does, bare up to the end of the element. In
/// quotes a backslash is itself, for Windows paths are seen unescaped.
inline bool parse_value(std::string_view text, std::string_view& value) noexcept {
  const std::size_t quotes = arc_identity::detail::starts_with(text, "\"") ? 1 : 0;
  text = arc_identity::detail::after(text, quotes);
  value = arc_identity::detail::first(text, arc_identity::detail::find(text, '"'));
  return value.size() + quotes == text.size();
}

/// The realm of the first Basic challenge in a field. Until it is there, go on with the next field.
class basic_realm {
 public:
  bool found() const noexcept { return found_; }
  std::string_view value() const noexcept { return value_; }

  /// What is wrong with the field `list`, if anything is.
  detail::objection look_in(std::string_view list) noexcept {
    bool in_basic = false;
    while (!list.empty()) {
      std::string_view rest = take_element(list);
      if (rest.empty()) continue;
      std::string_view name = take_token(rest);
      if (name.empty()) return "the challenge is malformed";
      if (!is_assignment(rest)) {  // A scheme, and perhaps its first parameter.
        if (found_) break;
        in_basic = arc_identity::detail::equals_ignoring_case(name, "Basic");
        if (rest.empty()) continue;
        name = take_token(rest);
      }
      if (!in_basic || !arc_identity::detail::equals_ignoring_case(name, "realm")) continue;
      if (!is_assignment(rest)) return "the realm has no value";
      if (found_) return "the challenge has two realms";
      found_ =
          parse_value(arc_identity::detail::trim(arc_identity::detail::after(rest, 1)), value_);
      if (!found_) return "the realm is not quoted well";
    }
    return nullptr;
  }

 private:
  static bool is_assignment(std::string_view text) noexcept {
    return arc_identity::detail::starts_with(text, "=");
  }

  bool found_ = false;
  std::string_view value_{};
};

/// Whether paths are compared as Windows does: the directory has a drive, or backslashes.
constexpr bool is_windows_directory(std::string_view directory) noexcept {
  return !arc_identity::detail::starts_with(directory, "/") &&
         (arc_identity::detail::contains(directory, '\\') ||
          (directory.size() >= 2 && directory[1] == ':'));
}

constexpr bool is_separator(char c) noexcept { return c == '/' || c == '\\'; }

/// What stands for all characters of a path that mean the same.
constexpr char path_char(char c, bool windows) noexcept {
  if (!windows) return c;
  return is_separator(c) ? '/' : arc_identity::detail::to_lower(c);
}

/// Whether the path `text` begins with `expected`.
inline bool begins_with(std::string_view text, std::string_view expected, bool windows) noexcept {
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (i == text.size() || path_char(text[i], windows) != path_char(expected[i], windows)) {
      return false;
    }
  }
  return true;
}

/// Whether `text` is, without regard to case, one of the names in `list`, each with a NUL behind
/// it.
inline bool is_one_of(std::string_view text, const char* list) noexcept {
  for (; *list != '\0'; ++list) {
    if (arc_identity::detail::equals_ignoring_case(text, list)) return true;
    while (*list != '\0') ++list;
  }
  return false;
}

/// Whether Windows takes a file of this name for a device (Microsoft, "Naming Files, Paths, and
/// Namespaces"): what stands before the first dot counts, less the spaces at its end.
inline bool is_windows_device(std::string_view name) noexcept {
  name = arc_identity::detail::first(name, arc_identity::detail::find(name, '.'));
  while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
  if (is_one_of(name, "CON\0PRN\0AUX\0NUL\0CONIN$\0CONOUT$\0")) return true;
  const std::string_view kind = arc_identity::detail::first(name, 3);
  const std::string_view port = arc_identity::detail::after(name, kind.size());
  return is_one_of(kind, "COM\0LPT\0") &&
         is_one_of(
             port,
             "0\0001\0002\0003\0004\0005\0006\0007\0008\0009\0\xc2\xb9\0\xc2\xb2\0\xc2\xb3\0");
}

/// Whether Windows opens something else under this name than a file called so: a stream of one, a
/// device, a file with a longer name (which has a ~ and a digit in its short one). Dots and spaces
/// at the end, which it drops, are not asked for: a name that gets here ends in ".key".
inline bool is_bent_by_windows(std::string_view name) noexcept {
  char before = '\0';
  for (const char c : name) {
    if (arc_identity::detail::contains("<>:\"|?*", c)) return true;
    if (before == '~' && arc_identity::detail::is_digit(c)) return true;
    before = c;
  }
  return is_windows_device(name);
}

/// What speaks against opening `path` as a key file under `directory`.
inline objection check_key_path(std::string_view path, std::string_view directory) noexcept {
  constexpr const char* outside = "the key file is not directly in the key directory";
  const bool windows = is_windows_directory(directory);
  while (!directory.empty() && path_char(directory.back(), windows) == '/') {
    directory.remove_suffix(1);
  }
  if (directory.empty()) return "there is no key directory";
  if (!begins_with(path, directory, windows)) return outside;
  std::string_view name = arc_identity::detail::after(path, directory.size());
  if (name.empty() || path_char(name.front(), windows) != '/') return outside;
  name = arc_identity::detail::after(name, 1);
  constexpr std::string_view extension = ".key";
  if (name.size() <= extension.size() ||
      !begins_with(arc_identity::detail::after(name, name.size() - extension.size()), extension,
                   windows)) {
    return "the key file does not end in .key";
  }
  for (const char c : name) {
    if (is_separator(c)) return outside;
    if (arc_identity::detail::is_control(c)) {
      return "the key file's name holds a control byte";
    }
  }
  if (windows && is_bent_by_windows(name)) {
    return "the key file would be another one to Windows";
  }
  return nullptr;
}

}  // namespace detail

/// The key file's path, as a view into `header_value`, of the first Basic challenge in one
/// `WWW-Authenticate` field. It is one name, ending in `.key`, right under `directory`; where
/// `directory` is a Windows path, the case of ASCII letters does not matter, both slashes are one,
/// and a name that Windows bends (a device, a stream, a short name) is none.
/// Errors: `key_path_rejected` for everything else.
inline result<std::string_view> key_path(std::string_view header_value,
                                         std::string_view directory) noexcept {
  const auto fail = [&](arc_identity::detail::text what, std::string_view words) {
    return arc_identity::detail::failure{errc::key_path_rejected, what, words};
  };
  detail::basic_realm realm;
  detail::objection objection = realm.look_in(header_value);
  if (objection != nullptr) return fail(objection, header_value);
  if (!realm.found()) return fail("the challenge has no Basic realm", header_value);
  objection = detail::check_key_path(realm.value(), directory);
  if (objection != nullptr) return fail(objection, realm.value());
  return realm.value();
}

}  // namespace challenge
ARC_IDENTITY_END
