// SPDX-License-Identifier: MIT
/// Texts of an agent that many tests need: responses with a Content-Length, the challenge, the
/// token. Needs no exceptions.
#pragma once

#include <cstddef>
#include <string>

namespace agent_texts {

/// The secrets, which must not appear in a message or an event.
inline const std::string key = "KEY-4f1c9a52-only-once";
inline const std::string token = "eyJ0eXAiOiJKV1Qi.SECRET-of-the-token.c2ln";

inline const std::string key_directory = "/var/opt/azcmagent/tokens";
inline const std::string key_path = key_directory + "/4f1c9a52.key";

/// `fields` each end in CR LF.
inline std::string response(int status, const std::string& fields, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status) + " Reason\r\n" + fields +
         "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

inline std::string challenge(const std::string& path = key_path, const std::string& fields = "") {
  return response(
      401, "Www-Authenticate: Basic realm=" + path + "\r\n" + fields,
      R"({"error":"unauthorized_client","error_description":"Missing Basic Authorization header",)"
      R"("error_codes":[401]})");
}

/// `members` each begin with a comma.
inline std::string token_body(const std::string& members = "", const std::string& text = token) {
  return R"({"access_token":")" + text +
         R"(","expires_in":"86400","expires_on":"4102444800","resource":"https://vault.azure.net",)"
         R"("token_type":"Bearer")" +
         members + "}";
}

inline std::string token_response(const std::string& members = "", const std::string& fields = "") {
  return response(200, fields, token_body(members));
}

/// A token response with token-0, token-1, ...
inline std::string numbered_token(std::size_t number, const char* lifetime = "86400") {
  return response(200, "",
                  R"({"access_token":"token-)" + std::to_string(number) + R"(","expires_in":")" +
                      lifetime + R"("})");
}

inline std::string failure(int status, const std::string& code, const std::string& description,
                           const std::string& fields = "") {
  return response(status, fields,
                  R"({"error":")" + code + R"(","error_description":")" + description + R"("})");
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

inline std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

inline bool is_printable(const std::string& text) {
  for (const char c : text) {
    if (c < 0x20 || c > 0x7e) return false;
  }
  return true;
}

}  // namespace agent_texts
