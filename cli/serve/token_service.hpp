// SPDX-License-Identifier: MIT
//
// How `serve` answers a request of one of the two protocols: with a token or a refusal. The sockets
// are in http_server.

#ifndef ARC_IDENTITY_CLI_SERVE_TOKEN_SERVICE_HPP
#define ARC_IDENTITY_CLI_SERVE_TOKEN_SERVICE_HPP

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include <arc_identity/access_token.hpp>
#include <arc_identity/core/result.hpp>
#include <arc_identity/core/token_request.hpp>

#include "serve/access_rules.hpp"
#include "serve/client_origin.hpp"

namespace arc_identity_cli {

enum class serve_protocol { app_service, imds };

/// The path of the token endpoint.
const char* token_path(serve_protocol protocol);

/// The relevant parts of a request.
struct serve_request {
  std::string method;
  std::string path;                               ///< percent-decoded, as the query is
  std::multimap<std::string, std::string> query;  ///< selectors must not be repeated
  std::string secret;                             ///< X-IDENTITY-HEADER; "" if it is missing
  std::string metadata;                           ///< Metadata; "" if it is missing
  std::string host;                               ///< Host; "" if it is missing
  bool is_forwarded = false;                      ///< whether X-Forwarded-For is present
};

struct serve_answer {
  int status = 500;
  std::string body;
  std::string note;  ///< for the log: why it was refused, or what was served. Never a token.
  std::chrono::seconds retry_after{0};
};

/// Limits the number of different resources and identities to what the credential's cache holds.
class request_limit {
 public:
  static constexpr std::size_t most = 64;
  static constexpr std::chrono::seconds least_use{60};
  using time = std::chrono::steady_clock::time_point;

  /// False if too many others were requested within the last minute.
  bool admit(const std::string& key, time now = std::chrono::steady_clock::now());

 private:
  std::mutex mutex_;
  std::map<std::string, time> last_use_;
};

/// Thread-safe if its source of tokens is.
class token_service {
 public:
  using token_source = std::function<arc_identity::result<arc_identity::access_token>(
      const arc_identity::token_request&)>;

  /// `secret` is the required value of X-IDENTITY-HEADER; IMDS has none.
  token_service(serve_protocol protocol, access_rules rules, std::string secret,
                token_source get_token);

  serve_answer answer(const serve_request& request, const client_origin& client);

 private:
  std::optional<serve_answer> refuse(const serve_request& request,
                                     const client_origin& client) const;
  serve_answer answer_token(const arc_identity::token_request& wanted);

  const serve_protocol protocol_;
  const access_rules rules_;
  const std::string secret_;
  const token_source get_token_;
  request_limit limit_;
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SERVE_TOKEN_SERVICE_HPP
