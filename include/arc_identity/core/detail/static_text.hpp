// SPDX-License-Identifier: MIT
/// A sentence of a message, or none. If `ARC_IDENTITY_SMALL` is defined, it only stores whether
/// there is one, so that the program contains no sentences.
#pragma once

#include <cstddef>

#include <arc_identity/core/detail/config.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

#if defined(ARC_IDENTITY_SMALL)
inline constexpr bool has_sentences = false;
#else
inline constexpr bool has_sentences = true;
#endif

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

}  // namespace detail
ARC_IDENTITY_END
