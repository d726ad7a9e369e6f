// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include <arc_identity/core/error.hpp>

namespace test {

/// Whether `text` can be shown on one line of a terminal: printable ASCII, and not empty.
inline bool is_printable(const std::string& text) {
  for (const char c : text) {
    if (c < 0x20 || c > 0x7e) return false;
  }
  return !text.empty();
}

/// The properties of every message, whatever the agent sent.
inline bool is_fit_to_print(const arc_identity::error& error) {
  const std::string message = error.message();  // up to its NUL
  return message.size() < sizeof error && is_printable(message);
}

inline bool contains(const arc_identity::error& error, const std::string& text) {
  return std::string(error.message()).find(text) != std::string::npos;
}

inline bool ends_with(const arc_identity::error& error, const std::string& text) {
  const std::string message = error.message();
  return message.size() >= text.size() && message.substr(message.size() - text.size()) == text;
}

}  // namespace test
