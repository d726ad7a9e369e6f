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
 * Add this file and arc_identity.cpp to your project, or link the library arc_identity_c. No C++
 * runtime is needed to link the program, and no exception leaves a function. A thread may be
 * cancelled; this takes effect after the call. See docs/c_interface.md for threads, fork, ownership
 * and the binary interface.
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

/* The result of a call, returned by all functions that return int. Numbers never change; later
   versions may add some, so handle unknown codes. */
typedef enum arc_identity_code {
  ARC_IDENTITY_OK = 0,                  /* Success. */
  ARC_IDENTITY_INVALID_ARGUMENT = 1,    /* A resource, an identity, an option or a null pointer. */
  ARC_IDENTITY_NOT_ARC_SERVER = 2,      /* No trace of an Azure Arc agent on this machine. */
  ARC_IDENTITY_INVALID_ENDPOINT = 3,    /* Not plain http on loopback, or only half set. */
  ARC_IDENTITY_WORKSPACE_TOO_SMALL = 4, /* fetch_token: no room for the request and the key. */
  ARC_IDENTITY_CONNECTION_REFUSED = 5,  /* Nothing is listening at the endpoint. */
  ARC_IDENTITY_CONNECTION_FAILED = 6,   /* No connection, for another reason. */
  ARC_IDENTITY_AGENT_NOT_VERIFIED = 7,  /* agent_check: the peer does not own the key file. */
  ARC_IDENTITY_CONNECTION_LOST = 8,     /* The connection ended before the response was complete. */
  ARC_IDENTITY_TIMED_OUT = 9,           /* A time limit of the options ran out. */
  ARC_IDENTITY_MALFORMED_RESPONSE = 10, /* Not HTTP/1.x, or ambiguous. */
  ARC_IDENTITY_RESPONSE_TOO_LARGE = 11, /* More than a limit, or than the buffer, allows. */
  ARC_IDENTITY_INVALID_CHALLENGE = 12,  /* 401 without a WWW-Authenticate field. */
  ARC_IDENTITY_KEY_PATH_REJECTED = 13,  /* The challenge names no valid key file. */
  ARC_IDENTITY_KEY_FILE_NOT_FOUND = 14, /* The key file does not exist. */
  ARC_IDENTITY_KEY_FILE_DENIED = 15,    /* This user has no permission to read it. */
  ARC_IDENTITY_KEY_FILE_INVALID = 16,   /* Not a regular file of 1 to 4096 valid bytes. */
  ARC_IDENTITY_KEY_FILE_FAILED = 17,    /* It could not be read, for another reason. */
  ARC_IDENTITY_KEY_REJECTED = 18,       /* The agent rejected fresh keys. */
  ARC_IDENTITY_REQUEST_REFUSED = 19,    /* 400, 403 and the like. */
  ARC_IDENTITY_IDENTITY_NOT_FOUND = 20, /* The identity is not assigned to this machine. */
  ARC_IDENTITY_AGENT_UNAVAILABLE = 21,  /* 408, 410, 429 or 5xx in all attempts. */
  ARC_IDENTITY_UNEXPECTED_STATUS = 22,  /* A status that has no meaning here. */
  ARC_IDENTITY_INVALID_TOKEN_RESPONSE = 23, /* 200, but without a usable token. */
  ARC_IDENTITY_IDENTITY_NOT_CONFIRMED = 24, /* A token, not proven to be the identity's. */
  ARC_IDENTITY_INVALID_JSON = 25,           /* get_metadata: the response is not metadata. */
  /* 27 to 34 are used only by the C++ library. */
  ARC_IDENTITY_OUT_OF_MEMORY = 26,    /* No memory for the exchange or for the token. */
  ARC_IDENTITY_DISCOVERY_FAILED = 35, /* Whether this is an Arc machine is unknown. */

  /* From 256 on: used only by this interface. */
  ARC_IDENTITY_BUFFER_TOO_SMALL = 256,  /* There is a token: pass `length` + 1 bytes. */
  ARC_IDENTITY_METADATA_NOT_FOUND = 257 /* The metadata has no value at that path. */
} arc_identity_code;

/* What went wrong. Its size and layout never change. */
typedef struct arc_identity_error {
  int code;          /* An arc_identity_code; ARC_IDENTITY_OK after success. */
  int http_status;   /* The status of the agent's response; 0 if there was none. */
  int system_error;  /* errno (on Windows, GetLastError); 0 if unknown. */
  char message[500]; /* What happened and what to do: printable ASCII, ends with NUL. No secret. */
} arc_identity_error;

/* How to reach the agent, and the limits. Start with ARC_IDENTITY_OPTIONS_INIT; a member of 0 or
   NULL means the default. Later versions add members at the end; `size` shows which of them a
   program knows. */
typedef struct arc_identity_options {
  size_t size;                 /* sizeof(arc_identity_options) */
  const char* endpoint;        /* The URL of the token endpoint. NULL: discovered. */
  const char* key_directory;   /* Absolute path for key files. NULL: the platform's. */
  const char* api_version;     /* NULL: the library's default. */
  uint32_t attempt_timeout_ms; /* For one attempt; 0: 10 s. */
  uint32_t total_timeout_ms;   /* For a whole call, with all attempts and waits; 0: 30 s. */
  uint32_t refresh_timeout_ms; /* For a refresh before a token expires; 0: 3 s. */
  uint32_t max_attempts;       /* 0: 16. */
  int verify_agent;            /* Not 0: ARC_IDENTITY_CHECK_STRICT, whatever agent_check is. */
  int agent_check;             /* An arc_identity_check: who gets the key. */
} arc_identity_options;

/* Who must own the other end of a connection before the key is sent. Only Linux reports owners. */
typedef enum arc_identity_check {
  ARC_IDENTITY_CHECK_OWNER = 0,  /* The key file's owner, root or himds; or owners are unknown. */
  ARC_IDENTITY_CHECK_STRICT = 1, /* The key file's owner, known for certain; before anything is
                                    sent, root or himds. */
  ARC_IDENTITY_CHECK_NONE = 2    /* Any user. */
} arc_identity_check;

/* The initializer of arc_identity_options: all defaults. */
#define ARC_IDENTITY_OPTIONS_INIT \
  { sizeof(arc_identity_options), NULL, NULL, NULL, 0, 0, 0, 0, 0, 0 }

/* How a managed identity is named. */
typedef enum arc_identity_kind {
  ARC_IDENTITY_SYSTEM_ASSIGNED = 0, /* The machine's own; `value` is ignored. */
  ARC_IDENTITY_CLIENT_ID = 1,       /* The GUID of its application. */
  ARC_IDENTITY_OBJECT_ID = 2,       /* The GUID of its service principal. */
  ARC_IDENTITY_RESOURCE_ID = 3      /* Its Azure resource id, /subscriptions/... */
} arc_identity_kind;

/* A managed identity. In function arguments, NULL means the machine's own. */
typedef struct arc_identity_id {
  int kind;          /* An arc_identity_kind. */
  const char* value; /* The GUID or the resource id, depending on `kind`. */
} arc_identity_id;

/* The caller's buffer for a token. The structure's size and layout never change. */
typedef struct arc_identity_token {
  char* text;         /* The buffer; on return, the NUL-terminated token. */
  size_t capacity;    /* How many bytes that is. */
  size_t length;      /* On return: the token's length, without NUL, even if it does not fit. */
  int64_t expires_on; /* On return: seconds since 1970 (UTC); 0 if there is no token. */
} arc_identity_token;

/* The caller's buffer for a text. The structure's size and layout never change. */
typedef struct arc_identity_text {
  char* text;      /* The buffer; on return, the NUL-terminated text in UTF-8. */
  size_t capacity; /* How many bytes that is. */
  size_t length;   /* On return: the text's length, without NUL. */
} arc_identity_text;

/* The version of the linked library, such as "0.1.0". */
ARC_IDENTITY_C_API const char* arc_identity_version(void);

/* A cache of tokens shared by all threads; use one per process. */
typedef struct arc_identity_credential arc_identity_credential;

/* Creates a credential. `options` are copied with their texts; NULL: the defaults. Does not contact
   the agent. On failure `*credential` is NULL: INVALID_ARGUMENT or OUT_OF_MEMORY. `error` may be
   NULL, here and everywhere. */
ARC_IDENTITY_C_API int arc_identity_credential_create(arc_identity_credential** credential,
                                                      const arc_identity_options* options,
                                                      arc_identity_error* error);

/* Wipes all tokens and frees the memory. No other thread may be using it. NULL does nothing. */
ARC_IDENTITY_C_API void arc_identity_credential_destroy(arc_identity_credential* credential);

/* A token for `resource` ("https://vault.azure.net"): the cached one, otherwise a new one from the
   agent. All threads that need it at the same time wait for one fetch, for total_timeout_ms at
   most. One caller refreshes a token before it expires, while the others get the old one. An error
   is returned again, without a new attempt, for a second, or for as long as a busy agent asks
   (Retry-After), at most a minute. Without a token `token->text` is empty. If it does not fit:
   BUFFER_TOO_SMALL, and a call with `token->length` + 1 bytes gets it from the cache. Any thread
   may call it at any time. */
ARC_IDENTITY_C_API int arc_identity_get_token(arc_identity_credential* credential,
                                              const char* resource, const arc_identity_id* identity,
                                              arc_identity_token* token, arc_identity_error* error);

/* Gets a new token although one is cached, for use when a service has refused the token `refused`.
   If the cache now has another token, returns that one. If `refused` is NULL, always gets a new
   one. `refused` may be the text of `token` itself. */
ARC_IDENTITY_C_API int arc_identity_force_refresh(arc_identity_credential* credential,
                                                  const char* resource,
                                                  const arc_identity_id* identity,
                                                  const char* refused, arc_identity_token* token,
                                                  arc_identity_error* error);

/* A token without a credential: no heap, no lock, nothing shared, and so one exchange with the
   agent for each call. It uses only the memory at `token->text`, and at most 10 KB of stack; 16 KB
   are enough for usual tokens. The rest of that memory is wiped. If it is too small:
   WORKSPACE_TOO_SMALL or RESPONSE_TOO_LARGE. Any thread may call it at any time. */
ARC_IDENTITY_C_API int arc_identity_fetch_token(const arc_identity_options* options,
                                                const char* resource,
                                                const arc_identity_id* identity,
                                                arc_identity_token* token,
                                                arc_identity_error* error);

/* What the agent knows about its machine, at `path`: "compute.location",
   "compute.tagsList[0].value". A string unquoted, anything else as JSON; NULL: the whole object.
   Any local user may call it. One request for each call, without a heap: it uses only the memory at
   `text->text`, and some stack. The memory must hold the agent's document twice: 32 KB are enough.
   If it is too small: WORKSPACE_TOO_SMALL or RESPONSE_TOO_LARGE. Without a value the text is empty.
   Any thread may call it at any time. */
ARC_IDENTITY_C_API int arc_identity_get_metadata(const arc_identity_options* options,
                                                 const char* path, arc_identity_text* text,
                                                 arc_identity_error* error);

/* Overwrites a secret; the compiler cannot remove the writes. */
ARC_IDENTITY_C_API void arc_identity_wipe(void* secret, size_t size);

#ifdef __cplusplus
}
#endif

#endif
