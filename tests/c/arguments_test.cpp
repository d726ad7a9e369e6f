// SPDX-License-Identifier: MIT
//
// How the C interface handles invalid arguments.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include "support.hpp"

#include <arc_identity/version.hpp>

using agent_texts::contains;

namespace {

/// The options of a program built with a later header, which have one more member.
struct later_options {
  arc_identity_options known = ARC_IDENTITY_OPTIONS_INIT;
  std::uint64_t other = 0;
};

int create(const arc_identity_options& options, arc_identity_error& error) {
  arc_identity_credential* handle = nullptr;
  const int code = arc_identity_credential_create(&handle, &options, &error);
  CHECK((handle != nullptr) == (code == ARC_IDENTITY_OK));
  arc_identity_credential_destroy(handle);
  return code;
}

template <class Change>
void check_refused(const char* words, Change change) {
  CAPTURE(words);
  arc_identity_options options = ARC_IDENTITY_OPTIONS_INIT;
  change(options);
  arc_identity_error error;
  CHECK(create(options, error) == ARC_IDENTITY_INVALID_ARGUMENT);
  CHECK(error.code == ARC_IDENTITY_INVALID_ARGUMENT);
  CHECK(contains(error.message, words));
  outcome got;
  CHECK(arc_identity_fetch_token(&options, vault, nullptr, &got.token, &got.error) ==
        ARC_IDENTITY_INVALID_ARGUMENT);
  CHECK(contains(got.error.message, words));
}

/// The same for all functions that give a token.
void check_refused(const char* words, const char* resource, const arc_identity_id* identity,
                   arc_identity_token* token) {
  CAPTURE(words);
  arc_identity_error error;
  const arc_identity_options options = ARC_IDENTITY_OPTIONS_INIT;
  const credential credential(options);
  CHECK(arc_identity_get_token(credential.get(), resource, identity, token, &error) ==
        ARC_IDENTITY_INVALID_ARGUMENT);
  CHECK(contains(error.message, words));
  CHECK(arc_identity_force_refresh(credential.get(), resource, identity, nullptr, token, &error) ==
        ARC_IDENTITY_INVALID_ARGUMENT);
  CHECK(contains(error.message, words));
  CHECK(arc_identity_fetch_token(nullptr, resource, identity, token, &error) ==
        ARC_IDENTITY_INVALID_ARGUMENT);
  CHECK(contains(error.message, words));
}

}  // namespace

TEST_CASE("C arguments: the version is the library's") {
  CHECK(std::string(arc_identity_version()) == ARC_IDENTITY_VERSION);
}

TEST_CASE("C arguments: sizes of structures that never change") {
  CHECK(sizeof(arc_identity_error) == 512);
  CHECK(sizeof(arc_identity_token) == 2 * sizeof(std::size_t) + sizeof(void*) + 8);
}

TEST_CASE("C arguments: a credential needs no options") {
  arc_identity_credential* handle = nullptr;
  CHECK(arc_identity_credential_create(&handle, nullptr, nullptr) == ARC_IDENTITY_OK);
  REQUIRE(handle != nullptr);
  arc_identity_credential_destroy(handle);
  arc_identity_credential_destroy(nullptr);
}

TEST_CASE("C arguments: options with an invalid size are refused") {
  check_refused("size", [](arc_identity_options& options) { options.size = 0; });
  check_refused("size", [](arc_identity_options& options) { --options.size; });
  check_refused("size", [](arc_identity_options& options) { options.size = 4097; });
}

TEST_CASE("C arguments: members of a later version are ignored if 0, otherwise refused") {
  later_options options;
  options.known.size = sizeof options;
  arc_identity_error error;
  CHECK(create(options.known, error) == ARC_IDENTITY_OK);
  options.other = 1;
  CHECK(create(options.known, error) == ARC_IDENTITY_INVALID_ARGUMENT);
  CHECK(contains(error.message, "does not support"));
}

TEST_CASE("C arguments: the last option ends the structure and has only known values") {
  CHECK(offsetof(arc_identity_options, agent_check) + sizeof(int) == sizeof(arc_identity_options));
  check_refused("agent_check", [](arc_identity_options& options) { options.agent_check = 3; });
  check_refused("agent_check", [](arc_identity_options& options) { options.agent_check = -1; });
}

TEST_CASE("C arguments: invalid options are refused") {
  check_refused("key_directory",
                [](arc_identity_options& options) { options.key_directory = "a"; });
  check_refused("api_version", [](arc_identity_options& options) { options.api_version = ""; });
}

TEST_CASE("C arguments: each option takes effect") {
  const keyed_agent agent;
  agent_options given(agent);
  given.options.attempt_timeout_ms = 5000;
  given.options.refresh_timeout_ms = 5000;
  outcome got;
  const auto fetch = [&] {
    return arc_identity_fetch_token(&given.options, vault, nullptr, &got.token, &got.error);
  };
  given.options.endpoint = "https://localhost";
  CHECK(fetch() == ARC_IDENTITY_INVALID_ENDPOINT);
  given.options.endpoint = given.endpoint.c_str();
  given.options.key_directory = "/elsewhere";
  CHECK(fetch() == ARC_IDENTITY_KEY_PATH_REJECTED);
}

TEST_CASE("C arguments: null pointers and invalid requests are refused") {
  outcome got;
  check_refused("token pointer is null", vault, nullptr, nullptr);
  arc_identity_token without_text = {nullptr, 100, 0, 0};
  check_refused("text pointer is null", vault, nullptr, &without_text);
  check_refused("resource", nullptr, nullptr, &got.token);
  check_refused("resource", "", nullptr, &got.token);
  check_refused("resource", "a b", nullptr, &got.token);
  const arc_identity_id without_value = {ARC_IDENTITY_CLIENT_ID, nullptr};
  check_refused("id is empty", vault, &without_value, &got.token);
  const arc_identity_id unknown = {4, "a"};
  check_refused("kind", vault, &unknown, &got.token);
  const arc_identity_id negative = {-1, "a"};
  check_refused("kind", vault, &negative, &got.token);
  CHECK(arc_identity_credential_create(nullptr, nullptr, &got.error) ==
        ARC_IDENTITY_INVALID_ARGUMENT);
  CHECK(arc_identity_get_token(nullptr, vault, nullptr, &got.token, &got.error) ==
        ARC_IDENTITY_INVALID_ARGUMENT);
  CHECK(arc_identity_get_token(nullptr, vault, nullptr, &got.token, nullptr) ==
        ARC_IDENTITY_INVALID_ARGUMENT);
}

TEST_CASE("C arguments: a refused call clears an old token") {
  arc_identity_options options = ARC_IDENTITY_OPTIONS_INIT;
  const char* resource = vault;
  int code = ARC_IDENTITY_INVALID_ARGUMENT;
  SUBCASE("the resource") { resource = ""; }
  SUBCASE("the options") { options.size = 0; }
  SUBCASE("the endpoint") {
    options.endpoint = "https://localhost";
    code = ARC_IDENTITY_INVALID_ENDPOINT;
  }
  outcome got;
  std::memset(got.text, 't', sizeof got.text);
  got.token.length = sizeof got.text - 1;
  got.token.expires_on = 1;
  CHECK(arc_identity_fetch_token(&options, resource, nullptr, &got.token, nullptr) == code);
  CHECK(std::string(got.text, sizeof got.text) == std::string(sizeof got.text, '\0'));
  CHECK(got.token.length == 0);
  CHECK(got.token.expires_on == 0);
}

TEST_CASE("C arguments: arc_identity_wipe() zeroes the bytes") {
  char secret[] = "secret";
  arc_identity_wipe(secret, sizeof secret - 1);
  CHECK(std::string(secret, sizeof secret) == std::string(sizeof secret, '\0'));
  arc_identity_wipe(nullptr, 0);
}
