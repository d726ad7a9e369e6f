// SPDX-License-Identifier: MIT
// A program has several units; none of these may have the library's code.
#include <arc_identity/arc_identity.hpp>
#include <arc_identity/key_vault.hpp>

#if ARC_IDENTITY_HAS_CODE
#error "this unit has the code"
#endif

arc_identity::credential copy_of(const arc_identity::credential& credential) { return credential; }
