// SPDX-License-Identifier: MIT

#include "simulate/simulated_service.hpp"

#include <algorithm>
#include <cstring>
#include <ctime>
#include <iterator>

#include <arc_identity/core/json/path.hpp>

#include "simulate/simulated_documents.hpp"

namespace arc_identity_cli {
namespace {

namespace json = arc_identity::json;

using refusal = std::optional<simulated_answer>;
using outcome = simulated_answer::outcome;

constexpr const char* instance_path = "/metadata/instance";
constexpr const char* api_versions[] = {"2019-08-15", "2019-11-01", "2020-06-01", "2021-02-01"};

simulated_answer refuse(int status, std::string_view error, std::string_view description) {
  return {outcome::refused, status, error_document(error, description, status),
          std::string(description)};
}

simulated_answer bad_request(std::string_view description) {
  return refuse(400, "invalid_request", description);
}

simulated_answer too_many_requests() {
  return refuse(429, "too_many_requests", "Too many requests");
}

// An answer as from a gateway in front of the agent, or from the agent's middleware.
simulated_answer refuse_plainly(int status, const char* content_type, std::string body) {
  return {outcome::refused, status, std::move(body), "trouble", {}, content_type};
}

simulated_answer trouble(int status) {
  const std::string number = std::to_string(status);
  switch (status) {
    case 400: return bad_request("The request is not valid");
    case 401: return refuse(401, "unauthorized_client", "The client is not authorized");
    case 403: return refuse(403, "forbidden", "The identity is disabled, or access is denied");
    case 404: return refuse(404, "identity_not_found", "No managed identity is assigned");
    case 408: return refuse(408, "request_timeout", "The request took too long");
    case 410: return refuse(410, "gone", "The identity endpoint is being updated");
    case 429: return too_many_requests();
    case 500:
      return refuse_plainly(
          500, "application/json; charset=utf-8",
          R"({"message":"Failed to get a token","correlationId":")" + random_guid() + R"("})");
    case 502:
    case 504:
      return refuse_plainly(status, "text/html",
                            "<html><head><title>" + number + "</title></head><body><h1>" + number +
                                (status == 502 ? " Bad Gateway" : " Gateway Time-out") +
                                "</h1></body></html>\n");
    case 503:
      return refuse(503, "service_unavailable", "The agent's configuration is not loaded yet");
    default:
      return refuse(status, status < 500 ? "invalid_request" : "server_error",
                    "The simulated agent was set to answer " + number);
  }
}

bool equal_without_case(std::string_view left, std::string_view right) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(),
                    [lower](char l, char r) { return lower(l) == lower(r); });
}

// The first parameter of that name. "" if it is missing, which for the agent is the same as empty.
std::string parameter(const simulated_request& request, const char* name) {
  const auto found = request.query.lower_bound(name);
  return found != request.query.end() && found->first == name ? found->second : "";
}

refusal check_api_version(const simulated_request& request) {
  const std::string version = parameter(request, "api-version");
  const auto end = std::end(api_versions);
  if (std::find(std::begin(api_versions), end, version) != end) return std::nullopt;

  std::string description = version.empty() ? "The api-version query parameter is missing."
                                            : "The api-version is not supported.";
  description += " Supported api-versions: ";
  for (const char* supported : api_versions) {
    if (supported != api_versions[0]) description += ", ";
    description += supported;
  }
  return bad_request(description);
}

// The checks that identity and metadata requests share.
refusal check_metadata_request(const simulated_request& request) {
  if (!equal_without_case(request.metadata, "true")) {
    return bad_request("The required header \"Metadata: true\" is missing");
  }
  if (request.forwarded) {
    return bad_request("A request with the header X-Forwarded-For is not served");
  }
  return check_api_version(request);
}

simulated_answer no_such_path() { return refuse(404, "not_found", "No such path"); }

bool is_within(std::string_view path, std::string_view folder) {
  return path.substr(0, folder.size()) == folder &&
         (path.size() == folder.size() || path[folder.size()] == '/');
}

// "/network/interface/0" is "network.interface[0]" for json::find; a "." in the path is not.
std::string member_path(std::string_view path) {
  if (path.find("//") != path.npos || path.find_first_of(".[") != path.npos) return ".";
  std::string members;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string step(path.substr(0, path.find('/')));
    path.remove_prefix(step.size());
    const bool is_index = step.find_first_not_of("0123456789") == std::string::npos;
    if (is_index && !step.empty()) {
      members += '[' + step + ']';
    } else {
      members += (members.empty() ? "" : ".") + step;
    }
  }
  return members;
}

// The text after "Basic", or an empty result if the header is missing or has another scheme.
std::optional<std::string> basic_credentials(const std::string& authorization) {
  constexpr std::string_view scheme = "Basic ";
  const std::string_view start = std::string_view(authorization).substr(0, scheme.size());
  if (!equal_without_case(start, scheme)) return std::nullopt;
  const std::size_t key = authorization.find_first_not_of(' ', scheme.size());
  return key == std::string::npos ? "" : authorization.substr(key);
}

void fill(std::string& empty, const std::string& text) {
  if (empty.empty()) empty = text;
}

simulated_identity completed(simulated_identity identity, const simulated_identity& standard) {
  fill(identity.client_id, standard.client_id);
  fill(identity.object_id, standard.object_id);
  fill(identity.resource_id, standard.resource_id);
  return identity;
}

simulated_identity generated_identity(std::size_t number) {
  return {random_guid(), random_guid(),
          std::string(resource_group_id()) +
              "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/identity" +
              std::to_string(number)};
}

}  // namespace

bool rate_limiter::admit() {
  if (most_ == 0) return true;
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard<std::mutex> lock(mutex_);
  while (!admitted_.empty() && now - admitted_.front() >= std::chrono::seconds(1)) {
    admitted_.pop_front();
  }
  if (admitted_.size() >= most_) return false;
  admitted_.push_back(now);
  return true;
}

simulated_service::simulated_service(const simulated_agent_options& options)
    : options_(options),
      system_assigned_(completed(options.machine, machine_identity())),
      keys_(options.key_lifetime, options.max_keys),
      limiter_(options.rate_limit),
      failures_left_(options.fail_first) {
  std::size_t number = 0;
  for (simulated_identity& identity : options_.identities) {
    identity = completed(identity, generated_identity(++number));
  }
}

simulated_answer simulated_service::answer(const simulated_request& request) {
  simulated_answer decided = decide(request);
  switch (decided.kind) {
    case outcome::challenge: ++challenges_; break;
    case outcome::token: ++tokens_; break;
    case outcome::document: ++documents_; break;
    case outcome::refused: ++refused_; break;
  }
  return decided;
}

simulated_answer simulated_service::decide(const simulated_request& request) {
  const bool for_token = request.path == simulated_token_path;
  if (!for_token && !is_within(request.path, instance_path)) return no_such_path();
  if (request.method != "GET") {
    simulated_answer decided = refuse(405, "method_not_allowed", "Only GET is served here");
    decided.headers = {{"Allow", "GET"}};
    return decided;
  }
  return for_token ? decide_token(request) : decide_metadata(request);
}

simulated_answer simulated_service::decide_metadata(const simulated_request& request) {
  if (refusal problem = check_metadata_request(request)) return *problem;
  const std::string document = instance_document();
  const json::value found =
      json::find(document, member_path(request.path.substr(std::strlen(instance_path))));
  if (found.kind == json::kind::absent) return no_such_path();
  const bool is_text = parameter(request, "format") == "text";
  const bool is_single = found.kind < json::kind::array;
  if (is_single != is_text) {
    return bad_request(is_single ? "A single value is served with format=text only"
                                 : "format=text is served only for single values");
  }
  return {outcome::document,
          200,
          std::string(found.text),
          "metadata",
          {},
          is_text ? "text/plain; charset=utf-8" : "application/json; charset=utf-8"};
}

simulated_answer simulated_service::decide_token(const simulated_request& request) {
  if (refusal problem = check_trouble()) return *problem;
  if (refusal problem = check_metadata_request(request)) return *problem;
  const std::string resource = parameter(request, "resource");
  if (resource.empty()) return bad_request("The resource query parameter is missing");

  const simulated_identity* selected = nullptr;
  if (refusal problem = choose_identity(request, selected)) return *problem;
  if (options_.challenge) {
    if (refusal problem = check_key(request)) return *problem;
  }
  return token_for(resource, selected);
}

simulated_service::refusal simulated_service::check_trouble() {
  std::size_t left = failures_left_;
  while (left > 0 && !failures_left_.compare_exchange_weak(left, left - 1)) {
  }
  if (left > 0) {
    simulated_answer decided = trouble(options_.fail_status);
    if (options_.retry_after) {
      decided.headers = {{"Retry-After", std::to_string(options_.retry_after->count())}};
    }
    return decided;
  }
  if (limiter_.admit()) return std::nullopt;
  simulated_answer decided = too_many_requests();
  decided.headers = {{"Retry-After", "1"}};
  return decided;
}

// `chosen` stays null for the system-assigned identity. mi_res_id does not select: agent 1.67 does
// not know it, and neither does this one.
simulated_service::refusal simulated_service::choose_identity(const simulated_request& request,
                                                              const simulated_identity*& chosen) {
  if (options_.legacy) return std::nullopt;
  const std::pair<const char*, std::string simulated_identity::*> selectors[] = {
      {"client_id", &simulated_identity::client_id},
      {"object_id", &simulated_identity::object_id},
      {"msi_res_id", &simulated_identity::resource_id}};

  std::string wanted;
  std::string simulated_identity::*part = nullptr;
  for (const auto& [name, member] : selectors) {
    const std::string value = parameter(request, name);
    if (value.empty()) continue;
    if (part != nullptr) {
      return bad_request("Only one of client_id, object_id and msi_res_id can be given");
    }
    wanted = value;
    part = member;
  }
  if (part == nullptr) return std::nullopt;

  const auto& all = options_.identities;
  const auto found = std::find_if(all.begin(), all.end(), [&](const simulated_identity& identity) {
    return equal_without_case(identity.*part, wanted);
  });
  if (found == all.end()) {
    return refuse(404, "identity_not_found", "The identity is not assigned to this machine");
  }
  chosen = &*found;
  return std::nullopt;
}

simulated_service::refusal simulated_service::check_key(const simulated_request& request) {
  const std::optional<std::string> key = basic_credentials(request.authorization);
  if (!key) return challenge("Missing Basic Authorization header");
  if (keys_.redeem(*key)) return std::nullopt;
  ++wrong_keys_;
  return challenge("The key in the Basic Authorization header is unknown, used or expired");
}

simulated_answer simulated_service::challenge(std::string_view description) {
  const std::string path = keys_.issue();
  if (path.empty()) return refuse(500, "server_error", "The key file could not be written");
  simulated_answer decided = refuse(401, "unauthorized_client", description);
  decided.kind = outcome::challenge;
  decided.headers = {{"Www-Authenticate", "Basic realm=" + path}};
  decided.note = "challenge: " + std::string(description);
  return decided;
}

simulated_answer simulated_service::token_for(const std::string& resource,
                                              const simulated_identity* selected) {
  const simulated_identity& identity = selected != nullptr ? *selected : system_assigned_;
  const std::string id = random_guid();
  const simulated_token token{
      resource, identity, std::time(nullptr), options_.token_lifetime.count(), options_.token_size,
      id};
  return {outcome::token, 200, token_document(token, options_.numeric_expiry, selected != nullptr),
          "token of object_id " + identity.object_id};
}

simulated_agent_counters simulated_service::counters() const {
  simulated_agent_counters now;
  now.challenges = challenges_;
  now.wrong_keys = wrong_keys_;
  now.tokens = tokens_;
  now.documents = documents_;
  now.refused = refused_;
  now.requests = now.challenges + now.tokens + now.documents + now.refused;
  return now;
}

}  // namespace arc_identity_cli
