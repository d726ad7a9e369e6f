// SPDX-License-Identifier: MIT
/// The namespace of the library, and what it finds out about the compiler.
///
/// Everything lives in `arc_identity::v0`. Where exceptions are off, `result<T>::value()` ends the
/// program instead of throwing; such translation units get a nested inline namespace of their own,
/// so that both kinds can be linked into one program.
#pragma once

#if defined(__cpp_exceptions) || defined(__EXCEPTIONS) || defined(_CPPUNWIND)
#define ARC_IDENTITY_HAS_EXCEPTIONS 1
#define ARC_IDENTITY_BEGIN \
  namespace arc_identity { \
  inline namespace v0 {
#define ARC_IDENTITY_END \
  }                      \
  }
#else
#define ARC_IDENTITY_HAS_EXCEPTIONS 0
#define ARC_IDENTITY_BEGIN \
  namespace arc_identity { \
  inline namespace v0 {    \
  inline namespace no_exceptions {
#define ARC_IDENTITY_END \
  }                      \
  }                      \
  }
#endif
