// SPDX-License-Identifier: MIT
/// The inner step of the JSON scanner: looks at a block of bytes at once, as many as the machine
/// can (SSE2, NEON, else a word). On microcontrollers, where code is to be small, and where it is
/// not optimized, it goes byte by byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>

#if ARC_IDENTITY_PREFERS_SIZE
// Byte by byte: no vectors.
#elif defined(__SSE2__) || defined(_M_X64)
#define ARC_IDENTITY_HAS_SSE2
#include <emmintrin.h>
#elif (defined(__aarch64__) && !defined(__AARCH64EB__)) || defined(_M_ARM64)
#define ARC_IDENTITY_HAS_NEON
#include <arm_neon.h>
#elif (defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M') || defined(__AVR__) || \
    defined(__MSP430__) || defined(__XTENSA__)
#define ARC_IDENTITY_IS_MICROCONTROLLER
#endif

ARC_IDENTITY_BEGIN
namespace json {
namespace detail {

// A step has the `size` of its block in bytes, and tells of the block at an address:
//
//     special(at)   a mask of its bytes that are not plain; 0 where all are
//     first(mask)   which byte is the first in such a mask
//     hidden(at)    whether one of its bytes is not visible ASCII

/// ASCII that may stand in a string as it is: no quote, no backslash, no control byte.
constexpr bool is_plain(char c) noexcept {
  return static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x80 &&
         c != '"' && c != '\\';
}

/// How many bits there are below the lowest one that is set.
inline std::size_t count_zeros(std::uint64_t mask) noexcept {
#if defined(__GNUC__)
  return static_cast<std::size_t>(__builtin_ctzll(mask));
#else
  std::size_t count = 0;
  while ((mask >> count & 1) == 0) ++count;
  return count;
#endif
}

/// No block at all: byte by byte.
struct byte_step {
  static constexpr std::size_t size = 1;
};

/// A machine word; a mask has the high bit of each byte. No sum carries into the next byte.
struct word_step {
  using word = std::size_t;
  static constexpr std::size_t size = sizeof(word);

  static word special(const char* at) noexcept {
    const word bytes = load(at);
    const word low = bytes & ~highs;
    const word not_below_space = low + each * 0x60;
    const word not_quote = (low ^ each * '"') + each * 0x7f;
    const word not_backslash = (low ^ each * '\\') + each * 0x7f;
    return (bytes | ~(not_below_space & not_quote & not_backslash)) & highs;
  }
  static std::size_t first(word mask) noexcept {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    constexpr int unused = 64 - static_cast<int>(sizeof(word)) * 8;
    return static_cast<std::size_t>(__builtin_clzll(mask) - unused) / 8;
#else
    return count_zeros(mask) / 8;
#endif
  }
  static bool hidden(const char* at) noexcept {
    const word bytes = load(at);
    const word low = bytes & ~highs;
    const word above_space = low + each * 0x5f;
    const word is_delete = low + each;
    return ((bytes | ~above_space | is_delete) & highs) != 0;
  }

 private:
  static constexpr word each = static_cast<word>(0x0101010101010101);
  static constexpr word highs = each * 0x80;

  static word load(const char* at) noexcept {
    word bytes = 0;
    std::memcpy(&bytes, at, sizeof bytes);
    return bytes;
  }
};

// Vectors compare signed bytes, of which those of 0x80 and more are below a space, too. Where quote
// and space are swapped the quote is below it as well; and one more than DEL is.

#if defined(ARC_IDENTITY_HAS_SSE2)
/// Twice sixteen bytes; a mask has a bit for each.
struct sse2_step {
  static constexpr std::size_t size = 32;

  static std::uint32_t special(const char* at) noexcept {
    return ~(mask(plain(load(at))) | mask(plain(load(at + 16))) << 16);
  }
  static std::size_t first(std::uint32_t mask) noexcept { return count_zeros(mask); }
  static bool hidden(const char* at) noexcept {
    return mask(_mm_and_si128(visible(load(at)), visible(load(at + 16)))) != 0xffff;
  }

 private:
  static __m128i load(const char* at) noexcept {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  }
  static __m128i plain(__m128i half) noexcept {
    const __m128i swapped = _mm_xor_si128(half, _mm_set1_epi8('"' ^ ' '));
    return _mm_andnot_si128(_mm_cmpeq_epi8(half, _mm_set1_epi8('\\')),
                            _mm_cmpgt_epi8(swapped, _mm_set1_epi8(' ')));
  }
  static __m128i visible(__m128i half) noexcept {
    const __m128i next = _mm_add_epi8(half, _mm_set1_epi8(1));
    return _mm_cmpgt_epi8(next, _mm_set1_epi8(' ' + 1));
  }
  static std::uint32_t mask(__m128i bytes) noexcept {
    return static_cast<std::uint32_t>(_mm_movemask_epi8(bytes));
  }
};

#elif defined(ARC_IDENTITY_HAS_NEON)
/// Sixteen bytes; a mask has four bits for each.
struct neon_step {
  static constexpr std::size_t size = 16;

  static std::uint64_t special(const char* at) noexcept {
    const int8x16_t block = load(at);
    const int8x16_t swapped = veorq_s8(block, vdupq_n_s8('"' ^ ' '));
    return mask(vorrq_u8(vceqq_s8(block, vdupq_n_s8('\\')), vcleq_s8(swapped, vdupq_n_s8(' '))));
  }
  static std::size_t first(std::uint64_t mask) noexcept { return count_zeros(mask) / 4; }
  static bool hidden(const char* at) noexcept {
    const int8x16_t next = vaddq_s8(load(at), vdupq_n_s8(1));
    return mask(vcleq_s8(next, vdupq_n_s8(' ' + 1))) != 0;
  }

 private:
  static int8x16_t load(const char* at) noexcept {
    return vld1q_s8(reinterpret_cast<const std::int8_t*>(at));
  }
  static std::uint64_t mask(uint8x16_t bytes) noexcept {
    const uint8x8_t halves = vshrn_n_u16(vreinterpretq_u16_u8(bytes), 4);
    return vget_lane_u64(vreinterpret_u64_u8(halves), 0);
  }
};
#endif

// Code that is not optimized keeps each variable in memory, and would leave blocks of a token on
// the stack.
#if ARC_IDENTITY_PREFERS_SIZE || defined(ARC_IDENTITY_IS_MICROCONTROLLER) || \
    (defined(__GNUC__) && !defined(__OPTIMIZE__))
using block_step = byte_step;
#elif defined(ARC_IDENTITY_HAS_SSE2)
using block_step = sse2_step;
#elif defined(ARC_IDENTITY_HAS_NEON)
using block_step = neon_step;
#else
using block_step = word_step;
#endif

/// The first byte from `at` that is not plain, or `end`.
template <class Step = block_step>
ARC_IDENTITY_INLINE const char* skip_plain(const char* at, const char* end) noexcept {
  if constexpr (Step::size > 1) {
    std::size_t blocks = static_cast<std::size_t>(end - at) / Step::size;
    for (; blocks != 0; --blocks, at += Step::size) {
      const auto mask = Step::special(at);
      if (mask != 0) return at + Step::first(mask);
    }
  }
  while (at != end && is_plain(*at)) ++at;
  return at;
}

/// Whether `text` is visible ASCII.
template <class Step = block_step>
bool all_visible(std::string_view text) noexcept {
  if constexpr (Step::size > 1) {
    if (text.size() >= Step::size) {
      const char* const last = text.data() + (text.size() - Step::size);  // May overlap.
      for (const char* at = text.data(); at < last; at += Step::size) {
        if (Step::hidden(at)) return false;
      }
      return !Step::hidden(last);
    }
  }
  return arc_identity::detail::all_of(text, arc_identity::detail::is_visible);
}

}  // namespace detail
}  // namespace json
ARC_IDENTITY_END
