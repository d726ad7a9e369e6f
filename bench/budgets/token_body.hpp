// SPDX-License-Identifier: MIT
// A token response of 2 KB, like the agent's.
#pragma once

#include <cstddef>
#include <string>

namespace budgets {

/// Characters of a JSON Web Token, always the same.
inline std::string web_token(std::size_t size) {
  constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string token = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.";
  for (unsigned state = 1; token.size() < size;) {
    state = state * 1103515245 + 12345;
    token += alphabet[state >> 16 & 63];
  }
  return token;
}

inline std::string token_body() {
  return R"({"access_token":")" + web_token(1790) +
         R"(","client_id":"11111111-2222-3333-4444-555555555555","expires_in":"86400",)"
         R"("expires_on":"4102444800","ext_expires_in":"86399","not_before":"1790000000",)"
         R"("resource":"https://vault.azure.net","token_type":"Bearer"})";
}

}  // namespace budgets
