// SPDX-License-Identifier: MIT
// expect: ignoring return(ed)? value
#pragma GCC diagnostic error "-Wunused-result"
#include <arc_identity/core.hpp>

int main() { arc_identity::challenge::key_path("Basic realm=/a/b.key", "/a"); }
