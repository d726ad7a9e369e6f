/* SPDX-License-Identifier: MIT */
/* Goes as far as it can without an agent. */

#include <arc_identity.h>

#include <stdio.h>

int main(void) {
  arc_identity_token token = {NULL, 0, 0, 0};
  arc_identity_error error;
  int code = arc_identity_fetch_token(NULL, "not a resource", NULL, &token, &error);
  printf("arc_identity %s: %s\n", arc_identity_version(), error.message);
  return code == ARC_IDENTITY_INVALID_ARGUMENT ? 0 : 1;
}
