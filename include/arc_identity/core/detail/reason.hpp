// SPDX-License-Identifier: MIT
/// The rules that the core checks: for each, the error code, the sentence and the remedy of its
/// violation. Code passes only the rule; the constructor of `error` alone makes the message from
/// this table. docs/troubleshooting.md is checked against it.
#pragma once

#include <cstddef>
#include <cstdint>

#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/detail/static_text.hpp>
#include <arc_identity/core/errc.hpp>

/// What the user can do: REMEDY(name, sentence).
#define ARC_IDENTITY_REMEDIES(REMEDY)                                                      \
  REMEDY(none, "")                                                                         \
  REMEDY(correct_argument, "Correct the argument")                                         \
  REMEDY(connect_machine, "Connect the machine to Azure Arc, or set the endpoint")         \
  REMEDY(correct_endpoint,                                                                 \
         "Expected a URL like http://localhost:40342/metadata/identity/oauth2/token")      \
  REMEDY(larger_workspace, "Pass a buffer of at least 16 KB")                              \
  REMEDY(try_later, "Try again later; if it persists, restart himdsd (on Windows: himds)") \
  REMEDY(more_sockets, "Check that this process can open another socket")                  \
  REMEDY(check_agent, "Check that the program listening there is the Arc agent")           \
  REMEDY(find_listener, "Check the listener (ss -ltnp), or set agent_check to none")       \
  REMEDY(mount_keys, "In a container, mount the agent's key directory")                    \
  REMEDY(get_access, "Run as a user who may read the agent's key directory")               \
  REMEDY(try_again, "Try again, and check the Arc agent (azcmagent check)")                \
  REMEDY(check_request, "Check the resource and the identity")                             \
  REMEDY(assign_identity, "Assign this identity to the machine, or request another")       \
  REMEDY(set_clock, "Set this machine's clock")                                            \
  REMEDY(update_agent, "Update the Arc agent to a version with user-assigned identities")  \
  REMEDY(free_memory, "Free some memory")

/// RULE(name, code, remedy, sentence). In the order of the codes.
#define ARC_IDENTITY_RULES(RULE)                                                                   \
  RULE(resource_empty, invalid_argument, correct_argument, "the resource is empty")                \
  RULE(resource_not_visible, invalid_argument, correct_argument,                                   \
       "the resource contains a character that is not visible ASCII")                              \
  RULE(identity_empty, invalid_argument, correct_argument, "the identity's id is empty")           \
  RULE(identity_not_printable, invalid_argument, correct_argument,                                 \
       "the identity's id contains a control character")                                           \
  RULE(api_version_empty, invalid_argument, correct_argument, "the option api_version is empty")   \
  RULE(timeout_not_positive, invalid_argument, correct_argument,                                   \
       "attempt_timeout, total_timeout or refresh_timeout is not positive")                        \
  RULE(key_directory_relative, invalid_argument, correct_argument,                                 \
       "the option key_directory is not an absolute path")                                         \
  RULE(no_attempts, invalid_argument, correct_argument, "the option max_attempts is 0")            \
  RULE(not_arc, not_arc_server, connect_machine, "this is not an Azure Arc-enabled machine")       \
  RULE(endpoint_not_visible, invalid_endpoint, correct_endpoint,                                   \
       "the endpoint contains a character that is not visible ASCII")                              \
  RULE(endpoint_not_http, invalid_endpoint, correct_endpoint,                                      \
       "the endpoint does not begin with http://")                                                 \
  RULE(endpoint_user_info, invalid_endpoint, correct_endpoint, "the endpoint contains user info")  \
  RULE(endpoint_not_loopback, invalid_endpoint, correct_endpoint,                                  \
       "the endpoint's host is not localhost, 127.0.0.0/8 or [::1]")                               \
  RULE(endpoint_port, invalid_endpoint, correct_endpoint,                                          \
       "the endpoint's port is not between 1 and 65535")                                           \
  RULE(endpoint_path, invalid_endpoint, correct_endpoint,                                          \
       "the endpoint contains a query, a fragment or a forbidden character")                       \
  RULE(workspace_small, workspace_too_small, larger_workspace,                                     \
       "the workspace is too small for the request")                                               \
  RULE(refused, connection_refused, try_later, "nothing is listening at the endpoint")             \
  RULE(no_connection, connection_failed, more_sockets, "cannot connect to the agent")              \
  RULE(owner_busy, connection_failed, more_sockets,                                                \
       "the owner of the agent's connection cannot be determined now")                             \
  RULE(no_peer_owner, agent_not_verified, find_listener,                                           \
       "this transport does not report the peer's owner")                                          \
  RULE(peer_hidden, agent_not_verified, find_listener,                                             \
       "the system hides the owner of the agent's connection")                                     \
  RULE(peer_unknown, agent_not_verified, find_listener,                                            \
       "the owner of the agent's connection is unknown")                                           \
  RULE(peer_not_agent, agent_not_verified, find_listener,                                          \
       "neither root nor the user himds owns the agent's connection")                              \
  RULE(key_owner_unknown, agent_not_verified, find_listener,                                       \
       "the owner of the key file is unknown")                                                     \
  RULE(owners_differ, agent_not_verified, find_listener,                                           \
       "the agent's connection and the key file have different owners")                            \
  RULE(broken, connection_lost, try_later, "the connection to the agent was lost")                 \
  RULE(closed_unanswered, connection_lost, try_later,                                              \
       "the agent closed the connection without an answer")                                        \
  RULE(closed_early, connection_lost, try_later,                                                   \
       "the agent closed the connection during its response")                                      \
  RULE(slow_connect, timed_out, try_later, "connecting to the agent took too long")                \
  RULE(slow_send, timed_out, try_later, "sending the request to the agent took too long")          \
  RULE(slow_answer, timed_out, try_later, "the agent did not answer in time")                      \
  RULE(slow_end, timed_out, try_later, "the agent did not complete its answer in time")            \
  RULE(out_of_time, timed_out, try_later, "the exchange with the agent took too long")             \
  RULE(unfinished, timed_out, none, "the exchange has not finished yet")                           \
  RULE(bad_status_line, malformed_response, check_agent,                                           \
       "the response has no valid HTTP/1.x status line")                                           \
  RULE(bad_field, malformed_response, check_agent,                                                 \
       "a header field is folded or has an invalid name")                                          \
  RULE(control_byte, malformed_response, check_agent,                                              \
       "a header field contains a control character")                                              \
  RULE(bad_length, malformed_response, check_agent, "Content-Length is not a number")              \
  RULE(two_lengths, malformed_response, check_agent,                                               \
       "the response has two different Content-Lengths")                                           \
  RULE(unknown_coding, malformed_response, check_agent, "the Transfer-Encoding is not supported")  \
  RULE(ambiguous_framing, malformed_response, check_agent,                                         \
       "the chunked response has a Content-Length or is HTTP/1.0")                                 \
  RULE(bad_chunk_size, malformed_response, check_agent, "a chunk has an invalid size")             \
  RULE(bad_chunk_end, malformed_response, check_agent, "a chunk is longer than its size")          \
  RULE(encoded_body, malformed_response, check_agent, "the response has a Content-Encoding")       \
  RULE(long_header, response_too_large, check_agent, "the response header is too long")            \
  RULE(many_fields, response_too_large, check_agent, "the response has too many header fields")    \
  RULE(long_body, response_too_large, check_agent, "the response body is too long")                \
  RULE(many_interims, response_too_large, check_agent, "there are too many interim responses")     \
  RULE(full_buffer, response_too_large, check_agent, "the response does not fit in the buffer")    \
  RULE(no_challenge, invalid_challenge, check_agent, "the agent answered 401 without a challenge") \
  RULE(no_basic_realm, key_path_rejected, check_agent, "the challenge has no Basic realm")         \
  RULE(bad_challenge, key_path_rejected, check_agent, "the challenge is malformed")                \
  RULE(two_realms, key_path_rejected, check_agent, "the challenge has two realms")                 \
  RULE(no_key_directory, key_path_rejected, check_agent, "there is no key directory")              \
  RULE(outside_directory, key_path_rejected, check_agent,                                          \
       "the key file is not directly in the key directory")                                        \
  RULE(bad_extension, key_path_rejected, check_agent, "the key file's name does not end in .key")  \
  RULE(bad_key_name, key_path_rejected, check_agent,                                               \
       "the key file's name contains a control character")                                         \
  RULE(reserved_key_name, key_path_rejected, check_agent,                                          \
       "Windows would open something else under the key file's name")                              \
  RULE(path_repeats_key, key_path_rejected, check_agent,                                           \
       "the challenge contains a key that was sent before")                                        \
  RULE(no_key_file, key_file_not_found, mount_keys, "the key file does not exist")                 \
  RULE(key_denied, key_file_denied, get_access, "access to the key file is denied")                \
  RULE(not_a_file, key_file_invalid, try_again, "the key file is not a regular file")              \
  RULE(empty_key, key_file_invalid, try_again, "the key file is empty")                            \
  RULE(long_key, key_file_invalid, try_again, "the key file is longer than 4096 bytes")            \
  RULE(bad_key, key_file_invalid, try_again, "the key file contains a control character")          \
  RULE(unreadable_key, key_file_failed, try_again, "the key file cannot be read")                  \
  RULE(stale_key, key_rejected, try_again, "the agent rejected the key")                           \
  RULE(refused_request, request_refused, check_request, "the agent refused the request")           \
  RULE(no_such_identity, identity_not_found, assign_identity, "the machine has no such identity")  \
  RULE(unavailable, agent_unavailable, try_later, "the agent is temporarily unavailable")          \
  RULE(odd_status, unexpected_status, check_agent, "the agent's answer has an unexpected status")  \
  RULE(unwanted_challenge, unexpected_status, check_agent,                                         \
       "the agent challenged a request that needs no key")                                         \
  RULE(token_not_json, invalid_token_response, check_agent,                                        \
       "the token response is not valid JSON, or not an object")                                   \
  RULE(repeated_member, invalid_token_response, check_agent,                                       \
       "the token response repeats a member")                                                      \
  RULE(no_access_token, invalid_token_response, check_agent,                                       \
       "the token response has no access_token")                                                   \
  RULE(token_not_visible, invalid_token_response, check_agent,                                     \
       "the access_token contains a character that is not visible ASCII")                          \
  RULE(not_bearer, invalid_token_response, check_agent, "the token_type is not Bearer")            \
  RULE(no_expiry, invalid_token_response, check_agent,                                             \
       "the token response has no valid expires_on or expires_in")                                 \
  RULE(expired_by_clock, invalid_token_response, set_clock,                                        \
       "the token has already expired according to this machine's clock")                          \
  RULE(no_lifetime, invalid_token_response, check_agent, "the token has already expired")          \
  RULE(error_as_success, invalid_token_response, check_request,                                    \
       "the agent sent an error with status 200")                                                  \
  RULE(not_confirmed, identity_not_confirmed, update_agent,                                        \
       "the agent did not confirm the token's identity")                                           \
  RULE(bad_json, invalid_json, correct_argument, "the text is not valid JSON")                     \
  RULE(no_memory, out_of_memory, free_memory, "there is not enough memory for the token")

ARC_IDENTITY_BEGIN
namespace detail {

#define ARC_IDENTITY_NAME(name, ...) name,
/// The rule that was violated; `none`: no rule of this table.
enum class reason : std::uint8_t { none, ARC_IDENTITY_RULES(ARC_IDENTITY_NAME) };
enum class remedy : std::uint8_t { ARC_IDENTITY_REMEDIES(ARC_IDENTITY_NAME) };
#undef ARC_IDENTITY_NAME

#define ARC_IDENTITY_CODE(name, code, ...) errc::code,
inline constexpr errc reason_codes[] = {errc{}, ARC_IDENTITY_RULES(ARC_IDENTITY_CODE)};
#undef ARC_IDENTITY_CODE

#define ARC_IDENTITY_REMEDY(name, code, advice, sentence) remedy::advice,
inline constexpr remedy reason_remedies[] = {remedy::none, ARC_IDENTITY_RULES(ARC_IDENTITY_REMEDY)};
#undef ARC_IDENTITY_REMEDY

// NUL-terminated texts: a table of pointers would be relocated when a program starts.
#define ARC_IDENTITY_SENTENCE(name, code, advice, sentence) sentence "\0"
inline constexpr char reason_sentences[] = "\0" ARC_IDENTITY_RULES(ARC_IDENTITY_SENTENCE);
#undef ARC_IDENTITY_SENTENCE
#define ARC_IDENTITY_SENTENCE(name, sentence) sentence "\0"
inline constexpr char remedy_sentences[] = ARC_IDENTITY_REMEDIES(ARC_IDENTITY_SENTENCE);
#undef ARC_IDENTITY_SENTENCE

/// The text number `index`, from 0, of such a list.
inline const char* nth_string(const char* list, unsigned index) noexcept {
  for (; index != 0; --index) {
    while (*list++ != '\0') {
    }
  }
  return list;
}

constexpr errc code_of(reason why) noexcept { return reason_codes[static_cast<unsigned>(why)]; }

inline const char* sentence_of(reason why) noexcept {
  return nth_string(reason_sentences, static_cast<unsigned>(why));
}

inline const char* remedy_of(reason why) noexcept {
  const remedy advice = reason_remedies[static_cast<unsigned>(why)];
  return nth_string(remedy_sentences, static_cast<unsigned>(advice));
}

/// The remedy of the code's first rule, for failures outside this table.
inline const char* remedy_of(errc code) noexcept {
  for (unsigned i = 1; i != sizeof reason_codes / sizeof reason_codes[0]; ++i) {
    if (reason_codes[i] == code) return remedy_of(static_cast<reason>(i));
  }
  return "";
}

}  // namespace detail
ARC_IDENTITY_END

#undef ARC_IDENTITY_REMEDIES
#undef ARC_IDENTITY_RULES
