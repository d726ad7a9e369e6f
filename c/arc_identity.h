/* SPDX-License-Identifier: MIT */
/*
 * Access tokens for Azure on an Azure Arc-enabled server, for programs in C (C99 and later).
 *
 *     char text[8 * 1024];
 *     arc_identity_token token = {text, sizeof text, 0, 0};
 *     arc_identity_error error;
 *     if (arc_identity_get_token(credential, "https://vault.azure.net", NULL, &token, &error)) {
 *       fprintf(stderr, "%s\n", error.message);
 *       return 1;
 *     }
 *     use(token.text);
 *     arc_identity_wipe(text, sizeof text);
 *
 * Add this file and arc_identity.cpp to your project, or link the library arc_identity_c. Nothing
 * of C++ is needed when the program is linked, and no exception ever leaves a function.
 * A thread may be cancelled: that takes effect after the call.
 * docs/c_interface.md says what is promised: threads, fork, ownership, the binary interface.
 */
#ifndef ARC_IDENTITY_C_H
#define ARC_IDENTITY_C_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__) && !defined(_WIN32)
#define ARC_IDENTITY_C_API __attribute__((visibility("default")))
#else
#define ARC_IDENTITY_C_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What came of a call: what all functions here return that return an int. Numbers never change;
   later versions may add some, so have a default. */
typedef enum arc_identity_code {
  ARC_IDENTITY_OK = 0,                  /* The call did what it should. */
  ARC_IDENTITY_INVALID_ARGUMENT = 1,    /* A resource, an identity, an option or a null pointer. */
  ARC_IDENTITY_NOT_ARC_SERVER = 2,      /* No trace of an Azure Arc agent on this machine. */
  ARC_IDENTITY_INVALID_ENDPOINT = 3,    /* Not plain http on loopback, or half a pair. */
  ARC_IDENTITY_WORKSPACE_TOO_SMALL = 4, /* fetch_token: no room for the request and the key. */
  ARC_IDENTITY_CONNECTION_REFUSED = 5,  /* Nobody listens at the endpoint. */
  ARC_IDENTITY_CONNECTION_FAILED = 6,   /* No connection, for another reason. */
  ARC_IDENTITY_AGENT_NOT_VERIFIED = 7,  /* agent_check: who answers does not own the key file. */
  ARC_IDENTITY_CONNECTION_LOST = 8,     /* It ended before the response was whole. */
  ARC_IDENTITY_TIMED_OUT = 9,           /* A time limit of the options ran out. */
  ARC_IDENTITY_MALFORMED_RESPONSE = 10, /* Not HTTP/1.x, or ambiguous. */
  ARC_IDENTITY_RESPONSE_TOO_LARGE = 11, /* More than a limit, or than the buffer, allows. */
  ARC_IDENTITY_INVALID_CHALLENGE = 12,  /* 401 without a WWW-Authenticate field. */
  ARC_IDENTITY_KEY_PATH_REJECTED = 13,  /* No key file in the key directory is named. */
  ARC_IDENTITY_KEY_FILE_NOT_FOUND = 14, /* The key file is not there. */
  ARC_IDENTITY_KEY_FILE_DENIED = 15,    /* This user may not read it. */
  ARC_IDENTITY_KEY_FILE_INVALID = 16,   /* Not a regular file of 1 to 4096 fit bytes. */
  ARC_IDENTITY_KEY_FILE_FAILED = 17,    /* It could not be read, for another reason. */
  ARC_IDENTITY_KEY_REJECTED = 18,       /* The agent refused fresh keys. */
  ARC_IDENTITY_REQUEST_REFUSED = 19,    /* 400, 403 and the like. */
  ARC_IDENTITY_IDENTITY_NOT_FOUND = 20, /* The identity is not assigned to this machine. */
  ARC_IDENTITY_AGENT_UNAVAILABLE = 21,  /* 408, 410, 429 or 5xx until the end. */
  ARC_IDENTITY_UNEXPECTED_STATUS = 22,  /* A status that has no meaning here. */
  ARC_IDENTITY_INVALID_TOKEN_RESPONSE = 23, /* 200, but no usable token in it. */
  ARC_IDENTITY_IDENTITY_NOT_CONFIRMED = 24, /* A token, not provably of the identity asked for. */
  ARC_IDENTITY_INVALID_JSON = 25,           /* get_metadata: the answer is no metadata. */
  /* 27 to 34 are what the C++ library alone can say. */
  ARC_IDENTITY_OUT_OF_MEMORY = 26,    /* No memory for the exchange or for the token. */
  ARC_IDENTITY_DISCOVERY_FAILED = 35, /* Whether this is an Arc machine is unknown. */

  /* From 256 on: of this interface alone. */
  ARC_IDENTITY_BUFFER_TOO_SMALL = 256,  /* There is a token: give `length` + 1 bytes. */
  ARC_IDENTITY_METADATA_NOT_FOUND = 257 /* The metadata has nothing at that path. */
} arc_identity_code;

/* What went wrong. Of the same size and layout for ever. */
typedef struct arc_identity_error {
  int code;        /* An arc_identity_code; ARC_IDENTITY_OK after a call that did what it should. */
  int http_status; /* The status of the agent's response; 0 where there was none. */
  int system_error;  /* errno (on Windows, GetLastError); 0 where none is known. */
  char message[500]; /* What happened and what to do: printable ASCII, ends with NUL. No secret. */
} arc_identity_error;

/* What may be chosen. Start with ARC_IDENTITY_OPTIONS_INIT; a member of 0 or NULL is the default.
   Later versions add members at the end, and tell by `size` which of them a program knows. */
typedef struct arc_identity_options {
  size_t size;                 /* sizeof(arc_identity_options) */
  const char* endpoint;        /* The URL of the token endpoint. NULL: found on this machine. */
  const char* key_directory;   /* Where key files must lie, absolute. NULL: the platform's. */
  const char* api_version;     /* NULL: the one that the library knows best. */
  uint32_t attempt_timeout_ms; /* For one attempt; 0: 10 s. */
  uint32_t total_timeout_ms;   /* For a whole call, with all attempts and waits; 0: 30 s. */
  uint32_t refresh_timeout_ms; /* For a refresh ahead of a token's end; 0: 3 s. */
  uint32_t max_attempts;       /* 0: 16. */
  int verify_agent;            /* Not 0: as ARC_IDENTITY_CHECK_STRICT, whatever agent_check is. */
  int agent_check;             /* An arc_identity_check: who gets the key. */
} arc_identity_options;

/* Who must own the other end of a connection before the key is sent to it. Only Linux tells. */
typedef enum arc_identity_check {
  ARC_IDENTITY_CHECK_OWNER = 0,  /* The key file's owner, root or himds; or owners are unknown. */
  ARC_IDENTITY_CHECK_STRICT = 1, /* The key file's owner, known for certain; before anything is
                                    sent, root or himds. */
  ARC_IDENTITY_CHECK_NONE = 2    /* Anybody. */
} arc_identity_check;

/* All defaults: what arc_identity_options are initialized with. */
#define ARC_IDENTITY_OPTIONS_INIT \
  { sizeof(arc_identity_options), NULL, NULL, NULL, 0, 0, 0, 0, 0, 0 }

/* How a managed identity is named. */
typedef enum arc_identity_kind {
  ARC_IDENTITY_SYSTEM_ASSIGNED = 0, /* The machine's own; `value` is not looked at. */
  ARC_IDENTITY_CLIENT_ID = 1,       /* The GUID of its application. */
  ARC_IDENTITY_OBJECT_ID = 2,       /* The GUID of its service principal. */
  ARC_IDENTITY_RESOURCE_ID = 3      /* Its Azure resource id, /subscriptions/... */
} arc_identity_kind;

/* A managed identity. Where a function takes a pointer to one, NULL is the machine's own. */
typedef struct arc_identity_id {
  int kind;          /* An arc_identity_kind. */
  const char* value; /* The GUID or the resource id, as `kind` says. */
} arc_identity_id;

/* Where a token goes. Of the same size and layout for ever. */
typedef struct arc_identity_token {
  char* text;         /* Your memory; afterwards the token, which ends with NUL. */
  size_t capacity;    /* How many bytes that is. */
  size_t length;      /* Afterwards: how long the token is without its NUL, or would be. */
  int64_t expires_on; /* Afterwards: seconds since 1970 (UTC); 0 where there is no token. */
} arc_identity_token;

/* Where a text goes. Of the same size and layout for ever. */
typedef struct arc_identity_text {
  char* text;      /* Your memory; afterwards the text in UTF-8, which ends with NUL. */
  size_t capacity; /* How many bytes that is. */
  size_t length;   /* Afterwards: how long the text is without its NUL. */
} arc_identity_text;

/* The version of the library that is linked, "0.1.0" for one. */
ARC_IDENTITY_C_API const char* arc_identity_version(void);

/* A cache of tokens that all threads share; one for a process is meant. */
typedef struct arc_identity_credential arc_identity_credential;

/* Makes one. `options` are copied, texts and all; NULL: the defaults. Nothing is asked of the agent
   yet. `*credential` is NULL where it fails: INVALID_ARGUMENT or OUT_OF_MEMORY.
   `error` may be NULL, here and everywhere. */
ARC_IDENTITY_C_API int arc_identity_credential_create(arc_identity_credential** credential,
                                                      const arc_identity_options* options,
                                                      arc_identity_error* error);

/* Wipes all tokens and frees the memory. No other thread may be in it. NULL does nothing. */
ARC_IDENTITY_C_API void arc_identity_credential_destroy(arc_identity_credential* credential);

/* A token for `resource` ("https://vault.azure.net"): the cached one, else a new one from the
   agent, for which all threads that ask at the same time wait together, for total_timeout_ms at
   most. One caller refreshes a token ahead of its end, while the others get the old one. An error
   comes back without a new try for a second, or for as long as a busy agent asks (Retry-After), a
   minute at most.
   Without a token `token->text` is empty. Where it does not fit: BUFFER_TOO_SMALL, and a call with
   `token->length` + 1 bytes gets it from the cache. Any thread may call it at any time. */
ARC_IDENTITY_C_API int arc_identity_get_token(arc_identity_credential* credential,
                                              const char* resource, const arc_identity_id* identity,
                                              arc_identity_token* token, arc_identity_error* error);

/* A new token although one is cached: for when a service has refused `refused`. Where the cache has
   another one by now, that one; `refused` may be NULL: in any case a new one. It may be the text
   of `token` itself. */
ARC_IDENTITY_C_API int arc_identity_force_refresh(arc_identity_credential* credential,
                                                  const char* resource,
                                                  const arc_identity_id* identity,
                                                  const char* refused, arc_identity_token* token,
                                                  arc_identity_error* error);

/* A token without a credential: no heap, no lock, nothing shared, and so one exchange with the
   agent for each call. `token->text` is all the memory that is used, apart from 10 KB of stack at
   most; 16 KB do for usual tokens. What of it is not the token is wiped. For want of room:
   WORKSPACE_TOO_SMALL or RESPONSE_TOO_LARGE. Any thread may call it at any time. */
ARC_IDENTITY_C_API int arc_identity_fetch_token(const arc_identity_options* options,
                                                const char* resource,
                                                const arc_identity_id* identity,
                                                arc_identity_token* token,
                                                arc_identity_error* error);

/* What the agent knows of its machine, at `path`: "compute.location", "compute.tagsList[0].value".
   A string as it is, anything else as JSON; NULL: all of it, an object. Any local user may ask.
   One request for each call, without a heap: `text->text` is all the memory that is used, apart
   from some stack, and must hold the agent's document twice: 32 KB do. For want of room:
   WORKSPACE_TOO_SMALL or RESPONSE_TOO_LARGE. Without a value the text is empty. Any thread may call
   it at any time. */
ARC_IDENTITY_C_API int arc_identity_get_metadata(const arc_identity_options* options,
                                                 const char* path, arc_identity_text* text,
                                                 arc_identity_error* error);

/* Overwrites a secret in a way that no compiler leaves out. */
ARC_IDENTITY_C_API void arc_identity_wipe(void* secret, size_t size);

#ifdef __cplusplus
}
#endif

#endif
