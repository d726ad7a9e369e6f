// SPDX-License-Identifier: MIT
/// The namespace of the library, and what it finds out about the compiler.
///
/// Everything lives in `arc_identity::v0`, an inline namespace. What a translation unit is compiled
/// with may change the code: `result<T>::value()` ends the program where exceptions are off,
/// `bad_result` has no type information where RTTI is, `ARC_IDENTITY_SMALL` picks the smallest code
/// rather than the fastest, and the shortest messages, `ARC_IDENTITY_SIMDJSON` reads JSON with
/// simdjson, and `ARC_IDENTITY_WINDOWS_PATHS` (0 or 1) compares paths as Windows does. The
/// namespace of such units has another name, as `v0_no_rtti_small`, so that all kinds can be linked
/// into one program; they cannot hand each other the library's types.
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

// Paths as Windows reads them; a program for another system may ask for them, too.
#if !defined(ARC_IDENTITY_WINDOWS_PATHS)
#if defined(_WIN32)
#define ARC_IDENTITY_WINDOWS_PATHS 1
#else
#define ARC_IDENTITY_WINDOWS_PATHS 0
#endif
#endif

// Whether the unit has the code, or sees what another unit has.
#if defined(ARC_IDENTITY_SEPARATE_COMPILATION) && !defined(ARC_IDENTITY_IMPLEMENTATION)
#define ARC_IDENTITY_HAS_CODE 0
#else
#define ARC_IDENTITY_HAS_CODE 1
#endif

// The name of the namespace: `v0`, and what differs from the usual.
#if !ARC_IDENTITY_HAS_EXCEPTIONS  // Then no type could have type information.
#define ARC_IDENTITY_LANGUAGE _no_exceptions
#elif !ARC_IDENTITY_HAS_RTTI
#define ARC_IDENTITY_LANGUAGE _no_rtti
#else
#define ARC_IDENTITY_LANGUAGE
#endif
#if defined(ARC_IDENTITY_SMALL)
#define ARC_IDENTITY_SIZE _small
#else
#define ARC_IDENTITY_SIZE
#endif
#if defined(ARC_IDENTITY_SIMDJSON)
#define ARC_IDENTITY_JSON _simdjson
#else
#define ARC_IDENTITY_JSON
#endif
#if ARC_IDENTITY_WINDOWS_PATHS && !defined(_WIN32)
#define ARC_IDENTITY_PATHS _windows_paths
#else
#define ARC_IDENTITY_PATHS
#endif
#define ARC_IDENTITY_JOIN(a, b, c, d) v0##a##b##c##d
#define ARC_IDENTITY_JOIN_EXPANDED(a, b, c, d) ARC_IDENTITY_JOIN(a, b, c, d)

/// A function that is seldom called, or that would take stack from its callers: never inlined.
#if defined(__GNUC__)
#define ARC_IDENTITY_NOINLINE __attribute__((noinline))
#else
#define ARC_IDENTITY_NOINLINE
#endif

/// A short function with many callers: compiled once where the code is to be small.
#if ARC_IDENTITY_PREFERS_SIZE
#define ARC_IDENTITY_OUTLINE ARC_IDENTITY_NOINLINE
#else
#define ARC_IDENTITY_OUTLINE
#endif

#define ARC_IDENTITY_BEGIN                                                              \
  namespace arc_identity {                                                              \
  inline namespace ARC_IDENTITY_JOIN_EXPANDED(ARC_IDENTITY_LANGUAGE, ARC_IDENTITY_SIZE, \
                                              ARC_IDENTITY_JSON, ARC_IDENTITY_PATHS) {
#define ARC_IDENTITY_END \
  }                      \
  }
