// SPDX-License-Identifier: MIT
//
// No memory leaks or is freed with a secret in it, and failed allocations are reported.

#include <cstdlib>
#include <cstring>
#include <string>

#include "heap.hpp"
#include "support.hpp"

namespace {

const std::string secret = std::string(heap::marker) + "-token";

std::string secret_token(std::size_t, const std::string&) {
  return agent_texts::response(200, "", agent_texts::token_body("", secret));
}

}  // namespace

TEST_CASE("C memory: the test itself detects secrets in freed memory") {
  heap::freed_secrets = 0;
  const std::size_t live = heap::live;
  char* const text = static_cast<char*>(std::malloc(100));
  REQUIRE(text != nullptr);
  CHECK(heap::live == live + 1);
  std::memset(text, '.', 100);
  std::memcpy(text, secret.data(), secret.size());
  std::free(text);
  CHECK(heap::freed_secrets == 1);
  CHECK(heap::live == live);
}

TEST_CASE("C memory: freed memory contains neither replaced nor last token") {
  const keyed_agent agent(secret_token);
  const agent_options given(agent);
  heap::freed_secrets = 0;
  const std::size_t live = heap::live;
  {
    const credential credential(given.options);
    outcome got;
    for (int i = 0; i < 2; ++i) {
      REQUIRE(arc_identity_force_refresh(credential.get(), vault, nullptr, nullptr, &got.token,
                                         &got.error) == ARC_IDENTITY_OK);
      CHECK(got.text == secret);
    }
    CHECK(heap::live > live);
  }
  CHECK(heap::freed_secrets == 0);
  CHECK(heap::live == live);
}

TEST_CASE("C memory: each failing allocation gives OUT_OF_MEMORY") {
  const keyed_agent agent(secret_token);
  const agent_options given(agent);
  const std::size_t live = heap::live;
  std::size_t failures = 0;
  for (bool is_done = false; !is_done; ++failures) {
    CAPTURE(failures);
    REQUIRE(failures < 20);
    heap::freed_secrets = 0;
    heap::allocations = 0;
    heap::refuse_at = failures;
    arc_identity_credential* handle = nullptr;
    outcome got;
    int code = arc_identity_credential_create(&handle, &given.options, &got.error);
    if (code == ARC_IDENTITY_OK) {
      code = arc_identity_get_token(handle, vault, nullptr, &got.token, &got.error);
    }
    is_done = heap::allocations <= failures;
    heap::refuse_at = SIZE_MAX;
    CHECK(code == (is_done ? ARC_IDENTITY_OK : ARC_IDENTITY_OUT_OF_MEMORY));
    CHECK(got.error.code == code);
    CHECK((got.text == secret) == is_done);
    arc_identity_credential_destroy(handle);
    CHECK(heap::live == live);
    CHECK(heap::freed_secrets == 0);
  }
  CHECK(failures ==
        5);  // the credential, its entry, the workspace and the token, and one without a failure
}
