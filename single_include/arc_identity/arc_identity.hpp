// SPDX-License-Identifier: MIT
// Not the library: copy single_include/arc_identity.hpp instead, the whole library in that one file.
// This one lets <arc_identity/arc_identity.hpp> be found with -I single_include.
#pragma once

#if __has_include("../arc_identity.hpp")
#include "../arc_identity.hpp"
#else
#error "This file only includes ../arc_identity.hpp. Put single_include/arc_identity.hpp in its place."
#endif
