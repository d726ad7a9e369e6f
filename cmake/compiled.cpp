// SPDX-License-Identifier: MIT
// The translation unit with the library's code, for programs whose other units see only
// declarations.
#define ARC_IDENTITY_IMPLEMENTATION
#include <arc_identity/arc_identity.hpp>
