// SPDX-License-Identifier: MIT
// The unit that has the library's code, for programs whose other units see its declarations.
#define ARC_IDENTITY_IMPLEMENTATION
#include <arc_identity/arc_identity.hpp>
