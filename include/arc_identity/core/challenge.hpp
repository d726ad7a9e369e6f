// SPDX-License-Identifier: MIT
/// Finds, in a `WWW-Authenticate` field (RFC 9110, 11.6.1), the path of the key file that the
/// agent wants read, and decides whether it may be opened. It opens nothing.
#pragma once

#include <cstddef>
#include <string_view>

#include <arc_identity/core/ascii.hpp>
#include <arc_identity/core/config.hpp>
#include <arc_identity/core/result.hpp>

ARC_IDENTITY_BEGIN
namespace challenge {
namespace detail {

using arc_identity::detail::objection;

/// The realm of the first Basic challenge in a field. Until `found`, go on with the next field.
struct basic_realm {
  detail::objection objection = nullptr;
  bool found = false;
  std::string_view value{};
};

/// Reads one element of the list: up to a comma that stands outside of quotes.
inline std::string_view take_element(std::string_view& list) noexcept {
  bool quoted = false;
  std::size_t size = 0;
  for (; size < list.size() && (quoted || list[size] != ','); ++size) {
    if (list[size] == '"') quoted = !quoted;
  }
  const std::string_view element = arc_identity::detail::first(list, size);
  list.remove_prefix(size < list.size() ? size + 1 : size);
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
  if (text.empty() || text.front() != '"') {
    value = text;
    return text.find('"') == std::string_view::npos;
  }
  if (text.size() < 2 || text.find('"', 1) != text.size() - 1) return false;
  value = {text.data() + 1, text.size() - 2};
  return true;
}

inline basic_realm find_basic_realm(std::string_view list) noexcept {
  basic_realm realm;
  bool in_basic = false;
  while (!list.empty()) {
    std::string_view rest = take_element(list);
    if (rest.empty()) continue;
    std::string_view name = take_token(rest);
    if (name.empty()) return {"the challenge is malformed", false, {}};
    if (rest.empty() || rest.front() != '=') {  // A scheme, and perhaps its first parameter.
      if (realm.found) break;
      in_basic = arc_identity::detail::equals_ignoring_case(name, "Basic");
      if (rest.empty()) continue;
      name = take_token(rest);
    }
    if (!in_basic || !arc_identity::detail::equals_ignoring_case(name, "realm")) continue;
    if (rest.empty() || rest.front() != '=') return {"the realm has no value", false, {}};
    if (realm.found) return {"the challenge has two realms", false, {}};
    if (!parse_value(arc_identity::detail::trim(arc_identity::detail::after(rest, 1)),
                     realm.value)) {
      return {"the realm is not quoted well", false, {}};
    }
    realm.found = true;
  }
  return realm;
}

constexpr bool is_separator(char c) noexcept { return c == '/' || c == '\\'; }

/// Whether paths are compared as Windows does: the directory has a drive, or backslashes.
constexpr bool is_windows_directory(std::string_view directory) noexcept {
  return !arc_identity::detail::starts_with(directory, "/") &&
         (directory.find('\\') != std::string_view::npos ||
          (directory.size() >= 2 && directory[1] == ':'));
}

constexpr bool same_path_char(char a, char b, bool windows) noexcept {
  if (!windows) return a == b;
  return arc_identity::detail::to_lower(a) == arc_identity::detail::to_lower(b) ||
         (is_separator(a) && is_separator(b));
}

/// Whether Windows takes a file of this name for a device (Microsoft, "Naming Files, Paths, and
/// Namespaces"): what stands before the first dot counts, less the spaces at its end.
inline bool is_windows_device(std::string_view name) noexcept {
  using arc_identity::detail::equals_ignoring_case;
  name = arc_identity::detail::first(name, name.find('.'));
  while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
  for (const char* const device : {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}) {
    if (equals_ignoring_case(name, device)) return true;
  }
  const std::string_view kind = arc_identity::detail::first(name, 3);
  const std::string_view port = arc_identity::detail::after(name, kind.size());
  const bool has_number = (port.size() == 1 && arc_identity::detail::is_digit(port.front())) ||
                          port == "\xc2\xb9" || port == "\xc2\xb2" || port == "\xc2\xb3";
  return has_number && (equals_ignoring_case(kind, "COM") || equals_ignoring_case(kind, "LPT"));
}

/// Whether `name` may be one of the short names that Windows gives to files with longer ones.
inline bool is_windows_short_name(std::string_view name) noexcept {
  for (std::size_t i = 1; i < name.size(); ++i) {
    if (name[i - 1] == '~' && arc_identity::detail::is_digit(name[i])) return true;
  }
  return false;
}

/// Whether Windows opens something else under this name than a file called so: a stream of one, a
/// device, a file with a longer name. Dots and spaces at the end, which it drops, are not asked
/// for: a name that gets here ends in ".key".
inline bool is_bent_by_windows(std::string_view name) noexcept {
  return name.find_first_of("<>:\"|?*") != std::string_view::npos || is_windows_device(name) ||
         is_windows_short_name(name);
}

/// What speaks against opening `path` as a key file under `directory`.
inline objection check_key_path(std::string_view path, std::string_view directory) noexcept {
  const bool windows = is_windows_directory(directory);
  const auto matches = [windows](std::string_view text, std::string_view expected) {
    for (std::size_t i = 0; i < expected.size(); ++i) {
      if (!same_path_char(text[i], expected[i], windows)) return false;
    }
    return true;
  };
  while (!directory.empty() && same_path_char(directory.back(), '/', windows)) {
    directory.remove_suffix(1);
  }
  if (directory.empty()) return "there is no key directory to look into";
  if (path.size() <= directory.size() || !matches(path, directory) ||
      !same_path_char(path[directory.size()], '/', windows)) {
    return "the key file that the agent names is not in the key directory";
  }
  const std::string_view name = arc_identity::detail::after(path, directory.size() + 1);
  constexpr std::string_view extension = ".key";
  if (name.size() <= extension.size() ||
      !matches(arc_identity::detail::after(name, name.size() - extension.size()), extension)) {
    return "the key file that the agent names does not end in .key";
  }
  for (const char c : name) {
    if (is_separator(c))
      return "the key file that the agent names is not directly in the directory";
    if (arc_identity::detail::is_control(c)) {
      return "the key file that the agent names has a forbidden byte in its name";
    }
  }
  if (windows && is_bent_by_windows(name)) {
    return "the key file that the agent names would be another one to Windows";
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
  const detail::basic_realm realm = detail::find_basic_realm(header_value);
  if (realm.objection != nullptr) return fail(realm.objection, header_value);
  if (!realm.found) return fail("the challenge has no Basic realm", header_value);
  const detail::objection objection = detail::check_key_path(realm.value, directory);
  if (objection != nullptr) return fail(objection, realm.value);
  return realm.value;
}

}  // namespace challenge
ARC_IDENTITY_END
