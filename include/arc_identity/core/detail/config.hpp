// SPDX-License-Identifier: MIT
/// The namespace of the library, and the compiler features that it detects.
///
/// Everything lives in `arc_identity::v0`, an inline namespace. The settings of a translation unit
/// may change the code: `result<T>::value()` ends the program where exceptions are off,
/// `bad_result` has no type information if RTTI is off, `ARC_IDENTITY_SMALL` picks the smallest
/// code rather than the fastest, and the shortest messages, `ARC_IDENTITY_SIMDJSON` reads JSON with
/// simdjson, and `ARC_IDENTITY_WINDOWS_PATHS` (0 or 1) compares paths as Windows does. The
/// namespace of such units has another name, such as `v0_no_rtti_small`, so that all kinds can be
/// linked into one program; they cannot exchange the library's types. Other compiler settings
/// (NDEBUG, the standard, the size of enumerations, ...) change no type and no result, only the
/// effect of a mistake in the program; optimization selects between equivalent bodies, and if units
/// differ the linker takes one of them.
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

// Small code rather than fast code, if asked for or if the compiler optimizes for size. The choice
// changes no type and no result.
#if defined(ARC_IDENTITY_SMALL) || defined(__OPTIMIZE_SIZE__)
#define ARC_IDENTITY_PREFERS_SIZE 1
#else
#define ARC_IDENTITY_PREFERS_SIZE 0
#endif

// Debug builds report a mistake and stop; small code has no room for that.
#if defined(NDEBUG) || ARC_IDENTITY_PREFERS_SIZE
#define ARC_IDENTITY_ASSERTS 0
#else
#define ARC_IDENTITY_ASSERTS 1
#endif

// Windows path rules; a program for another system may request them, too.
#if !defined(ARC_IDENTITY_WINDOWS_PATHS)
#if defined(_WIN32)
#define ARC_IDENTITY_WINDOWS_PATHS 1
#else
#define ARC_IDENTITY_WINDOWS_PATHS 0
#endif
#endif

// Whether the unit contains the code, or only declarations of another unit's code.
#if defined(ARC_IDENTITY_SEPARATE_COMPILATION) && !defined(ARC_IDENTITY_IMPLEMENTATION)
#define ARC_IDENTITY_HAS_CODE 0
#else
#define ARC_IDENTITY_HAS_CODE 1
#endif

// The name of the namespace: `v0`, and any differences from the default.
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

/// ARC_IDENTITY_NOINLINE: a function that would enlarge its callers' code or stack frames.
/// ARC_IDENTITY_COLD: one that runs seldom, or once per exchange, and is optimized for size.
#if defined(__GNUC__)
#define ARC_IDENTITY_NOINLINE __attribute__((noinline))
#else
#define ARC_IDENTITY_NOINLINE
#endif
#if defined(__GNUC__) && !ARC_IDENTITY_PREFERS_SIZE
#define ARC_IDENTITY_COLD __attribute__((noinline, cold))
#else
#define ARC_IDENTITY_COLD
#endif

#define ARC_IDENTITY_BEGIN                                                              \
  namespace arc_identity {                                                              \
  inline namespace ARC_IDENTITY_JOIN_EXPANDED(ARC_IDENTITY_LANGUAGE, ARC_IDENTITY_SIZE, \
                                              ARC_IDENTITY_JSON, ARC_IDENTITY_PATHS) {
#define ARC_IDENTITY_END \
  }                      \
  }
