// SPDX-License-Identifier: MIT
// expect: arc_identity needs C[+][+]17
// standard: c++14
// errors: 2
#include <arc_identity/arc_identity.hpp>
