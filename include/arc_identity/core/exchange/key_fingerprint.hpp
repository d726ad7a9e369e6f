// SPDX-License-Identifier: MIT
/// Recognises a key in the agent's later responses, without keeping the key: some agents and
/// proxies echo a request in their error messages, and messages end up in logs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// The length and a rolling hash (Karp and Rabin, 1987) of a key's first 16 bytes: an echo may be
/// truncated.
class key_fingerprint {
 public:
  key_fingerprint() noexcept = default;
  explicit key_fingerprint(std::string_view key) noexcept
      : size_(first(key, 16).size()), hash_(hash(first(key, 16))) {}

  /// Whether `text` contains the key; keys of a few bytes occur everywhere and are not searched
  /// for. False positives are possible, false negatives are not.
  bool occurs_in(std::string_view text) const noexcept {
    constexpr std::size_t shortest = 8;
    if (size_ < shortest || text.size() < size_) return false;
    std::uint32_t weight = 1;  // Of a window's first byte.
    for (std::size_t i = 1; i < size_; ++i) weight *= base;
    std::uint32_t window = hash({text.data(), size_});
    for (std::size_t end = size_; window != hash_; ++end) {
      if (end == text.size()) return false;
      window = (window - weight * value(text[end - size_])) * base + value(text[end]);
    }
    return true;
  }

 private:
  static constexpr std::uint32_t base = 16777619;

  static std::uint32_t value(char c) noexcept { return static_cast<unsigned char>(c); }

  static std::uint32_t hash(std::string_view text) noexcept {
    std::uint32_t sum = 0;
    for (const char c : text) sum = sum * base + value(c);
    return sum;
  }

  std::size_t size_ = 0;
  std::uint32_t hash_ = 0;
};

}  // namespace detail
ARC_IDENTITY_END
