// SPDX-License-Identifier: MIT
/// Decodes base64 (RFC 4648, 4), the form in which a vault returns a PFX.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/key_vault/secret_text.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// The six bits of a character, or -1.
constexpr int base64_value(char c) noexcept {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (is_digit(c)) return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/// Appends the decoded `text` to `bytes`. False if it is not base64: it has other characters, white
/// space included, padding that is missing or not at the end, or left-over bits that are not 0.
inline bool decode_base64(std::string_view text, secret_text& bytes) {
  if (text.size() % 4 != 0) return false;
  const std::size_t padding = ends_with(text, "==") ? 2 : ends_with(text, "=") ? 1 : 0;
  text.remove_suffix(padding);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const int value = base64_value(c);
    if (value < 0) return false;
    bits = (bits << 6 | static_cast<std::uint32_t>(value)) & 0xfff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes.push_back(static_cast<char>(bits >> count & 0xff));
    }
  }
  return (bits & ((1U << count) - 1)) == 0;
}

}  // namespace detail
ARC_IDENTITY_END
