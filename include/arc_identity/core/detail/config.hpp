// SPDX-License-Identifier: MIT
/// The namespace of the library, and what it finds out about the compiler.
///
/// Everything lives in `arc_identity::v0`. What a translation unit is compiled with may change the
/// code: `result<T>::value()` ends the program where exceptions are off, `bad_result` has no type
/// information where RTTI is, and `ARC_IDENTITY_SMALL` picks the smallest code rather than the
/// fastest, and the shortest messages. Such units get a nested inline namespace of their own, so
/// that all kinds can be linked into one program; they cannot hand each other the library's types.
/// What else a compiler can be told (NDEBUG, the standard, the size of enumerations, ...) changes
/// no type and no result, only what a mistake of the program's comes to; optimization picks between
/// bodies that do the same, and where units differ the linker takes one of them.
#pragma once

// MSVC keeps its __cplusplus at 199711, unless /Zc:__cplusplus is given.
#if defined(_MSVC_LANG)
#define ARC_IDENTITY_CPLUSPLUS _MSVC_LANG
#else
#define ARC_IDENTITY_CPLUSPLUS __cplusplus
#endif
#if ARC_IDENTITY_CPLUSPLUS < 201703L
#error "arc_identity needs C++17: compile with -std=c++17 (MSVC: /std:c++17) or later"
#include <C++17>  // No such file: the compiler stops here, before hundreds of other errors.
#endif

#if defined(__cpp_exceptions) || defined(__EXCEPTIONS) || defined(_CPPUNWIND)
#define ARC_IDENTITY_HAS_EXCEPTIONS 1
#else
#define ARC_IDENTITY_HAS_EXCEPTIONS 0
#endif

#if defined(__cpp_rtti) || defined(__GXX_RTTI) || defined(_CPPRTTI)
#define ARC_IDENTITY_HAS_RTTI 1
#else
#define ARC_IDENTITY_HAS_RTTI 0
#endif

// Small code rather than fast code, where the compiler is told to. Which of the two a unit has
// changes no type and no result.
#if defined(ARC_IDENTITY_SMALL) || defined(__OPTIMIZE_SIZE__)
#define ARC_IDENTITY_PREFERS_SIZE 1
#else
#define ARC_IDENTITY_PREFERS_SIZE 0
#endif

// Debug builds say what was done wrong, and stop; code that is to be small has no room for that.
#if defined(NDEBUG) || ARC_IDENTITY_PREFERS_SIZE
#define ARC_IDENTITY_ASSERTS 0
#else
#define ARC_IDENTITY_ASSERTS 1
#endif

// Without exceptions there is no type that could have type information.
#if !ARC_IDENTITY_HAS_EXCEPTIONS && defined(ARC_IDENTITY_SMALL)
#define ARC_IDENTITY_VARIANT no_exceptions_small_code
#elif !ARC_IDENTITY_HAS_EXCEPTIONS
#define ARC_IDENTITY_VARIANT no_exceptions
#elif !ARC_IDENTITY_HAS_RTTI && defined(ARC_IDENTITY_SMALL)
#define ARC_IDENTITY_VARIANT no_rtti_small_code
#elif !ARC_IDENTITY_HAS_RTTI
#define ARC_IDENTITY_VARIANT no_rtti
#elif defined(ARC_IDENTITY_SMALL)
#define ARC_IDENTITY_VARIANT small_code
#endif

/// A function that is seldom called, or that would take stack from its callers: never inlined.
#if defined(__GNUC__)
#define ARC_IDENTITY_NOINLINE __attribute__((noinline))
#else
#define ARC_IDENTITY_NOINLINE
#endif

/// A function that is called for every short string of JSON: it stands in its callers, unless the
/// code is to be small.
#if defined(__GNUC__) && defined(__OPTIMIZE__) && !ARC_IDENTITY_PREFERS_SIZE
#define ARC_IDENTITY_INLINE __attribute__((always_inline)) inline
#else
#define ARC_IDENTITY_INLINE inline
#endif

#if defined(ARC_IDENTITY_VARIANT)
#define ARC_IDENTITY_BEGIN \
  namespace arc_identity { \
  inline namespace v0 {    \
  inline namespace ARC_IDENTITY_VARIANT {
#define ARC_IDENTITY_END \
  }                      \
  }                      \
  }
#else
#define ARC_IDENTITY_BEGIN \
  namespace arc_identity { \
  inline namespace v0 {
#define ARC_IDENTITY_END \
  }                      \
  }
#endif
