/* SPDX-License-Identifier: MIT */
/*
 * A program in C that runs continuously: a credential for the whole process, and a token for each
 * round of its loop. The token comes from the Arc agent once, and then from the cache.
 *
 *     make                      (cc for this file, c++ for the library's source file)
 *     ./print_token https://vault.azure.net
 *
 * An optional second argument is the directory of the agent's keys, for tests.
 */
#include <arc_identity.h>

#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* Replace this by your request to an Azure service. Returns its status. */
static int call_service(const char* token) {
  (void)token; /* Goes into the field "Authorization: Bearer <token>"; never into a log. */
  return 200;
}

/* Whether the next round may succeed. */
static int passes(int code) {
  return code == ARC_IDENTITY_AGENT_UNAVAILABLE || code == ARC_IDENTITY_TIMED_OUT;
}

/* Returns the exit code. */
static int report(const arc_identity_error* error) {
  fprintf(stderr, "no token: %s\n", error->message); /* What happened and what to do. */
  return error->code == ARC_IDENTITY_NOT_ARC_SERVER ? 3 : 1;
}

int main(int argc, char** argv) {
  arc_identity_options options = ARC_IDENTITY_OPTIONS_INIT;
  arc_identity_credential* credential = NULL;
  arc_identity_error error;
  static char text[64 * 1024]; /* Most tokens have 1 to 2 KB; none that is accepted has more. */
  arc_identity_token token = {text, sizeof text, 0, 0};
  int exit_code = 0;
  int round;

  if (argc < 2) {
    fprintf(stderr, "usage: %s RESOURCE [KEY-DIRECTORY]\n", argv[0]);
    return 2;
  }
  if (argc > 2) options.key_directory = argv[2];
  options.max_attempts = 1; /* The rounds are its retries. */
  if (arc_identity_credential_create(&credential, &options, &error) != ARC_IDENTITY_OK) {
    return report(&error);
  }

  for (round = 1; round <= 3; ++round) {
    int code;
    if (round > 1) sleep(2); /* An error is returned for a second or more without a new attempt. */
    code = arc_identity_get_token(credential, argv[1], NULL, &token, &error);
    if (code == ARC_IDENTITY_OK && call_service(text) == 401) {
      /* The service has revoked it: get another one, and try once more. */
      code = arc_identity_force_refresh(credential, argv[1], NULL, text, &token, &error);
    }
    if (code == ARC_IDENTITY_OK) {
      exit_code = 0;
      printf("round %d: a token of %lu bytes, good for %.0f minutes\n", round,
             (unsigned long)token.length, difftime((time_t)token.expires_on, time(NULL)) / 60);
    } else {
      exit_code = report(&error);
      if (!passes(code)) break;
    }
  }

  arc_identity_wipe(text, sizeof text);
  arc_identity_credential_destroy(credential);
  return exit_code;
}
