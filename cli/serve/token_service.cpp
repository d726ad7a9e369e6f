// SPDX-License-Identifier: MIT

#include "serve/token_service.hpp"

#include <algorithm>
#include <string_view>

#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/error.hpp>

#include "complain.hpp"
#include "terminal_text.hpp"

namespace arc_identity_cli {
namespace {

using arc_identity::access_token;
using arc_identity::errc;
using arc_identity::managed_identity_id;
using arc_identity::token_request;
using std::chrono::seconds;

/// The time depends only on the size of `secret`.
bool equal_in_constant_time(std::string_view given, std::string_view secret) {
  if (given.size() != secret.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < secret.size(); ++i) {
    const auto bits = static_cast<unsigned char>(given[i] ^ secret[i]);
    difference |= bits;
    // The compiler must not see that one bit is enough to stop.
    __asm__ volatile("" : "+r"(difference));
  }
  return difference == 0;
}

serve_answer refusal(serve_protocol protocol, int status, const std::string& message) {
  serve_answer answer;
  answer.status = status;
  answer.note = message;
  const std::string text = json_text(message);
  answer.body = protocol == serve_protocol::app_service
                    ? "{\"statusCode\":" + std::to_string(status) + ",\"message\":" + text + "}"
                    : std::string("{\"error\":\"") +
                          (status >= 500 ? "server_error" : "invalid_request") +
                          "\",\"error_description\":" + text + "}";
  return answer;
}

int status_of(const arc_identity::error& error) {
  switch (error.code()) {
    case errc::invalid_argument:
    case errc::identity_not_found: return 400;
    case errc::request_refused: return error.http_status() == 400 ? 400 : 403;
    case errc::connection_refused:
    case errc::connection_failed:
    case errc::connection_lost:
    case errc::timed_out:
    case errc::agent_unavailable:
    case errc::not_arc_server:
    case errc::out_of_memory: return 503;
    default: return 500;
  }
}

serve_answer failure(serve_protocol protocol, const arc_identity::error& error) {
  serve_answer answer = refusal(protocol, status_of(error), message_of(error));
  if (answer.status != 503) return answer;
  const auto asked = std::chrono::duration_cast<seconds>(error.retry_after());
  answer.retry_after = std::max(asked, seconds(1));
  return answer;
}

/// The token's text is copied once, into memory that does not move afterwards.
std::string token_document(const access_token& token, serve_protocol protocol,
                           const managed_identity_id& identity) {
  using std::chrono::system_clock;
  const auto end = token.expires_on();
  const long long expires_on = std::chrono::duration_cast<seconds>(end.time_since_epoch()).count();
  const long long lifetime =
      std::max(seconds(0), std::chrono::duration_cast<seconds>(end - system_clock::now())).count();
  std::string rest = "\",\"expires_on\":\"" + std::to_string(expires_on) +
                     "\",\"resource\":" + json_text(token.resource()) +
                     ",\"token_type\":\"Bearer\"";
  if (protocol == serve_protocol::imds) {
    const std::string in = std::to_string(lifetime);
    rest += ",\"expires_in\":\"" + in + "\",\"ext_expires_in\":\"" + in + "\"";
  }
  if (!identity.value().empty()) {
    rest += ",\"" + std::string(identity.parameter()) + "\":" + json_text(identity.value());
  }
  rest += '}';
  constexpr std::string_view start = "{\"access_token\":\"";
  std::string document;
  document.reserve(start.size() + 2 * token.secret().size() + rest.size());
  document.append(start);
  for (const char c : token.secret()) {
    if (c == '"' || c == '\\') document += '\\';
    document += c;
  }
  return document.append(rest);
}

/// The value of a parameter; "" if it is missing.
std::string parameter(const serve_request& request, const char* name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? "" : found->second;
}

struct selector {
  const char* name;
  managed_identity_id (*make)(std::string_view);
};

constexpr selector selectors[] = {{"client_id", managed_identity_id::client_id},
                                  {"object_id", managed_identity_id::object_id},
                                  {"principal_id", managed_identity_id::object_id},
                                  {"msi_res_id", managed_identity_id::resource_id},
                                  {"mi_res_id", managed_identity_id::resource_id}};

/// The number of parameters that select an identity, counting repetitions.
std::size_t count_selectors(const serve_request& request) {
  std::size_t count = 0;
  for (const selector& each : selectors) count += request.query.count(each.name);
  return count;
}

/// The selected identity, as a view into the request.
managed_identity_id identity_of(const serve_request& request) {
  for (const selector& each : selectors) {
    const auto found = request.query.find(each.name);
    if (found != request.query.end()) return each.make(found->second);
  }
  return managed_identity_id::system_assigned();
}

std::string key_of(const token_request& request) {
  std::string resource(request.resource);
  if (request.identity.value().empty()) return resource;
  return resource + ' ' + std::string(request.identity.parameter()) + '=' +
         std::string(request.identity.value());
}

/// Whether the client names this server by an address or as localhost. A web page that reaches it
/// by DNS rebinding names its own host, and the IMDS protocol has no secret that would stop it.
bool is_address(const std::string& host) {
  const std::string name = host.substr(0, host.find(':'));
  return name == "localhost" || parse_socket_address(host) || parse_socket_address(host + ":0");
}

/// MSAL for JavaScript requests the path of IMDS with a slash at its end.
bool is_token_path(std::string_view path, serve_protocol protocol) {
  if (!path.empty() && path.back() == '/') path.remove_suffix(1);
  return path == token_path(protocol);
}

}  // namespace

const char* token_path(serve_protocol protocol) {
  return protocol == serve_protocol::imds ? "/metadata/identity/oauth2/token" : "/msi/token";
}

bool request_limit::admit(const std::string& key, time now) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto known = last_use_.find(key);
  if (known == last_use_.end() && last_use_.size() >= most) {
    const auto oldest =
        std::min_element(last_use_.begin(), last_use_.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    if (now - oldest->second < least_use) return false;
    last_use_.erase(oldest);
  }
  last_use_[key] = now;
  return true;
}

token_service::token_service(serve_protocol protocol, access_rules rules, std::string secret,
                             token_source get_token)
    : protocol_(protocol),
      rules_(std::move(rules)),
      secret_(std::move(secret)),
      get_token_(std::move(get_token)) {}

serve_answer token_service::answer(const serve_request& request, const client_origin& client) {
  if (std::optional<serve_answer> refused = refuse(request, client)) return *refused;
  const std::string resource = parameter(request, "resource");
  const token_request wanted(resource, identity_of(request));
  const std::string reason = rules_.refuse_token(wanted);
  if (!reason.empty()) return refusal(protocol_, 403, reason);
  return answer_token(wanted);
}

// An empty result if a token may be requested.
std::optional<serve_answer> token_service::refuse(const serve_request& request,
                                                  const client_origin& client) const {
  const auto no = [this](int status, const std::string& why) {
    return refusal(protocol_, status, why);
  };
  const std::string reason = rules_.refuse_client(client);
  if (!reason.empty()) return no(403, reason);
  if (request.is_forwarded) return no(400, "a request with X-Forwarded-For is not served");
  const bool is_imds = protocol_ == serve_protocol::imds;
  // The secret is checked first: without it a client learns nothing here.
  if (!is_imds && !equal_in_constant_time(request.secret, secret_)) {
    return no(401, request.secret.empty() ? "the header X-IDENTITY-HEADER is missing"
                                          : "the header X-IDENTITY-HEADER is wrong");
  }
  if (!is_token_path(request.path, protocol_)) {
    return no(404, "no such path: " + request.path.substr(0, 100));
  }
  if (request.method != "GET") return no(405, "only GET is served here");
  if (is_imds && !arc_identity::detail::equals_ignoring_case(request.metadata, "true")) {
    return no(400, "the header Metadata: true is missing");
  }
  if (is_imds && !is_address(request.host)) {
    return no(400, "the header Host is neither an address nor localhost");
  }
  if (parameter(request, "api-version").empty()) {
    return no(400, "the query parameter api-version is missing");
  }
  if (request.query.count("resource") != 1) {
    return no(400, "the query parameter resource must be given exactly once");
  }
  if (count_selectors(request) > 1) return no(400, "more than one identity is selected");
  return std::nullopt;
}

serve_answer token_service::answer_token(const token_request& wanted) {
  const arc_identity::detail::reason invalid = arc_identity::detail::check(wanted);
  if (invalid != arc_identity::detail::reason::none) {
    return refusal(protocol_, 400, arc_identity::detail::text_of(invalid).c_str());
  }
  if (!limit_.admit(key_of(wanted))) {
    serve_answer answer =
        refusal(protocol_, 429, "too many different resources and identities were requested");
    answer.retry_after = request_limit::least_use;
    return answer;
  }
  const auto token = get_token_(wanted);
  if (!token) return failure(protocol_, token.error());
  return {200, token_document(*token, protocol_, wanted.identity), key_of(wanted)};
}

}  // namespace arc_identity_cli
