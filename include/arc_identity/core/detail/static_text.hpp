// SPDX-License-Identifier: MIT
/// The texts of messages. If `ARC_IDENTITY_SMALL` is defined, they hold nothing, so that a program
/// contains no sentences, and no code to quote others.
#pragma once

#include <cstddef>
#include <string_view>

#include <arc_identity/core/detail/config.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

#if defined(ARC_IDENTITY_SMALL)
inline constexpr bool has_sentences = false;
#else
inline constexpr bool has_sentences = true;
#endif

/// A sentence, or none. If `ARC_IDENTITY_SMALL` is defined, it only stores whether there is one.
class static_text {
 public:
  constexpr static_text() noexcept = default;
  /// `chars` is static, or null for none.
  constexpr static_text(const char* chars) noexcept
      : chars_(has_sentences || chars == nullptr ? chars : "") {}

  friend constexpr bool operator==(static_text given, std::nullptr_t) noexcept {
    return given.chars_ == nullptr;
  }
  friend constexpr bool operator!=(static_text given, std::nullptr_t) noexcept {
    return given.chars_ != nullptr;
  }

  /// Null if there is none.
  constexpr const char* c_str() const noexcept { return chars_; }

 private:
  const char* chars_ = nullptr;
};

/// Untrusted text, to be quoted. Always empty if `ARC_IDENTITY_SMALL` is defined.
#if defined(ARC_IDENTITY_SMALL)
struct quoted_text {
  constexpr quoted_text() noexcept = default;
  constexpr quoted_text(std::string_view) noexcept {}
  constexpr quoted_text(const char*) noexcept {}
  constexpr operator std::string_view() const noexcept { return {}; }
  constexpr bool empty() const noexcept { return true; }
};
#else
using quoted_text = std::string_view;
#endif

}  // namespace detail
ARC_IDENTITY_END
