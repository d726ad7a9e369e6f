// SPDX-License-Identifier: MIT
// Lets a program that includes <arc_identity/arc_identity.hpp> compile with -I single_include too.
#pragma once

#include "../arc_identity.hpp"
