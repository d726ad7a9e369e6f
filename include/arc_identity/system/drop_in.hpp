// SPDX-License-Identifier: MIT
/// The two variables in the agent's drop-in for systemd's manager, read as systemd does:
/// systemd-system.conf(5) for `DefaultEnvironment=`, systemd.syntax(7) for lines and quotes.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// The values of IDENTITY_ENDPOINT and IMDS_ENDPOINT; empty if not set.
struct agent_variables {
  std::string_view identity{};
  std::string_view imds{};
  bool any() const noexcept { return !identity.empty() || !imds.empty(); }
};

/// Supports the escapes `\\`, `\"` and `\'` and the specifier `%%`: a URL needs no others. Lines
/// before the first section count, too.
class drop_in {
 public:
  /// Reads `text`, joining lines and removing quotes in it; the values are views of it.
  explicit drop_in(mutable_buffer text) noexcept : text_(text) {
    using namespace arc_identity::detail;
    std::string_view rest(text.data(), text.size());
    char* line = text.data();
    char* end = line;  // It never passes the read position.
    while (!rest.empty()) {
      std::string_view part = take_until(rest, '\n');
      drop_cr(part);
      const std::string_view start = first(trim(part), 1);
      if (equals(start, "#") || equals(start, ";")) continue;
      const bool is_continued = ends_in_escape(part);
      std::memmove(end, part.data(), part.size());
      end += part.size();
      if (is_continued) end[-1] = ' ';
      if (is_continued && !rest.empty()) continue;
      read_line({line, static_cast<std::size_t>(end - line)});
      line = end;
    }
  }

  const agent_variables& variables() const noexcept { return found_; }

 private:
  static bool ends_in_escape(std::string_view line) noexcept {
    bool is_escape = false;
    while (!line.empty() && line.back() == '\\') {
      is_escape = !is_escape;
      line.remove_suffix(1);
    }
    return is_escape;
  }

  ARC_IDENTITY_COLD void read_line(std::string_view line) noexcept {
    using namespace arc_identity::detail;
    line = trim(line);
    if (starts_with(line, "[")) is_of_manager_ = equals(line, "[Manager]");
    if (!is_of_manager_ || !equals(trim(take_until(line, '=')), "DefaultEnvironment")) return;
    line = trim(line);
    if (line.empty()) found_ = {};
    while (!line.empty()) assign(take_word(line));
  }

  void assign(std::string_view word) noexcept {
    const std::string_view name = take_until(word, '=');
    if (equals(name, "IDENTITY_ENDPOINT")) found_.identity = word;
    if (equals(name, "IMDS_ENDPOINT")) found_.imds = word;
  }

  /// The next word without its quotes; `line` keeps the rest. If a quote is not closed or an escape
  /// is unknown, both are empty: systemd ignores the rest of such a line.
  std::string_view take_word(std::string_view& line) const noexcept {
    using namespace arc_identity::detail;
    const mutable_buffer space = writable(text_, line);
    std::size_t size = 0;
    std::size_t at = 0;
    char quote = '\0';
    for (; at < line.size() && (quote != '\0' || !is_blank(line[at])); ++at) {
      const char c = line[at];
      const char next = at + 1 < line.size() ? line[at + 1] : '\0';
      if (quote != '\0' ? c == quote : contains("\"'", c)) {
        quote = quote != '\0' ? '\0' : c;
        continue;
      }
      if (c == '\\' && !contains("\\\"'", next)) break;
      if (c == '\\' || (c == '%' && next == '%')) ++at;
      space.data()[size++] = line[at];
    }
    const bool is_whole = quote == '\0' && (at == line.size() || is_blank(line[at]));
    line = is_whole ? trim(after(line, at)) : std::string_view{};
    return is_whole ? std::string_view(space.data(), size) : std::string_view{};
  }

  const mutable_buffer text_;
  bool is_of_manager_ = true;
  agent_variables found_{};
};

}  // namespace detail
ARC_IDENTITY_END
