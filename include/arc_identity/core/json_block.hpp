// SPDX-License-Identifier: MIT
/// The inner step of the JSON scanner: skips what needs no look, as many bytes at a time as the
/// machine can. `ARC_IDENTITY_SMALL` picks the smallest code instead of the fastest.
#pragma once

#include <cstdint>
#include <cstring>

#include <arc_identity/core/config.hpp>

#if !defined(ARC_IDENTITY_SMALL) && defined(__SSE2__)
#include <emmintrin.h>
#endif

ARC_IDENTITY_BEGIN
namespace json {
namespace detail {

/// ASCII that may stand in a string as it is: no quote, no backslash, no control byte.
constexpr bool is_plain(char c) noexcept {
  return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x80 &&
         c != '"' && c != '\\';
}

#if defined(__SSE2__) && !defined(ARC_IDENTITY_SMALL)
/// Sixteen bytes at a time. What is left at the end is fewer than sixteen, or begins with sixteen
/// of which one is not plain.
inline const char* skip_plain_vectors(const char* at, const char* end) noexcept {
  const __m128i quote = _mm_set1_epi8('"');
  const __m128i backslash = _mm_set1_epi8('\\');
  const __m128i space = _mm_set1_epi8(0x20);
  while (end - at >= 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i special =  // As signed bytes, those of 0x80 and more are less than a space, too.
        _mm_or_si128(_mm_cmplt_epi8(block, space),
                     _mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, backslash)));
    if (_mm_movemask_epi8(special) != 0) break;
    at += 16;
  }
  return at;
}
#endif

/// Eight bytes at a time in a word: the high bit of each byte tells whether it is special.
inline const char* skip_plain_words(const char* at, const char* end) noexcept {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t highs = ones * 0x80;
  const auto has_zero_byte = [](std::uint64_t word) { return (word - ones) & ~word & highs; };
  while (end - at >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    const std::uint64_t below_space = (word - ones * 0x20) & highs;
    const std::uint64_t special = word | below_space | has_zero_byte(word ^ (ones * '"')) |
                                  has_zero_byte(word ^ (ones * '\\'));
    if ((special & highs) != 0) break;
    at += 8;
  }
  return at;
}

/// The first byte from `at` that is not plain, or `end`.
inline const char* skip_plain(const char* at, const char* end) noexcept {
#if defined(ARC_IDENTITY_SMALL)
#elif defined(__SSE2__)
  at = skip_plain_vectors(at, end);
#else
  at = skip_plain_words(at, end);
#endif
  while (at != end && is_plain(*at)) ++at;
  return at;
}

}  // namespace detail
}  // namespace json
ARC_IDENTITY_END
