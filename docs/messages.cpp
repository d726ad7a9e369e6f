// SPDX-License-Identifier: MIT
//
// Causes each failure once and prints it: the name of its errc, a colon, its message. tools/docs
// compares these lines with docs/troubleshooting.md.

#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>

#include <arc_identity/arc_identity.hpp>
#include <arc_identity/key_vault.hpp>
#include <arc_identity/testing/manual_clock.hpp>
#include <arc_identity/testing/memory_key_files.hpp>
#include <arc_identity/testing/scripted_https.hpp>
#include <arc_identity/testing/scripted_transport.hpp>

namespace {

bool is_memory_out = false;

}  // namespace

void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return is_memory_out ? nullptr : std::malloc(size);
}
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

using namespace arc_identity;
using testing::manual_clock;
using testing::memory_key_files;
using testing::scripted_https;
using testing::scripted_transport;

constexpr const char* vault_resource = "https://vault.azure.net";
constexpr const char* key_path = "/var/opt/azcmagent/tokens/7f3c.key";
char workspace[16 * 1024];

/// A machine without a trace of the agent, or one on which this user cannot look for it.
template <int Error>
struct bare_environment : system::environment {
  static std::string_view variable(const char*) noexcept { return {}; }
  static system::sighting read(const char*, mutable_buffer) noexcept { return {}; }
  static system::sighting look_at(const char*) noexcept { return {false, Error}; }
};
template <int Error>
struct bare_traits : default_limits {
  using discovery = system::basic_discovery<bare_environment<Error>>;
};

template <class Transport = scripted_transport, class Traits = default_traits>
using client = basic_client<Transport, manual_clock, memory_key_files, Traits>;

template <class Result>
void print(const char* name, errc expected, const Result& result) {
  if (result || result.error().code() != expected) {
    std::fprintf(stderr, "%s: expected, but got: %s\n", name,
                 result ? "no error" : result.error().message());
    std::exit(1);
  }
  std::printf("%s: %s\n", name, result.error().message());
}
#define PRINT(name, ...) print(#name, errc::name, __VA_ARGS__)

std::string response(const std::string& status, const std::string& body = "",
                     const std::string& fields = "") {
  return "HTTP/1.1 " + status + "\r\n" + fields + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

std::string challenge(const std::string& path) {
  return response("401 Unauthorized", "", "Www-Authenticate: Basic realm=" + path + "\r\n");
}

std::string agents_error(const std::string& code, const std::string& description) {
  return R"({"error":")" + code + R"(","error_description":")" + description + R"("})";
}

/// The result of a call if the agent gives these answers, the last one repeatedly.
result<token_response> ask(const std::string& first, const std::string& rest = "",
                           const token_request& request = vault_resource,
                           const memory_key_files& files = {}) {
  scripted_transport agent;
  agent.on_receive(first);
  for (int i = 0; i < 20; ++i) agent.on_receive(rest.empty() ? first : rest);
  return client<>({}, agent, manual_clock{}, files).get_token(request, workspace);
}

result<token_response> ask_with_key(const key_file_result& outcome) {
  memory_key_files files;
  files.fail(key_path, outcome);
  return ask(challenge(key_path), "", vault_resource, files);
}

/// The result of a call if connections or answers end like this.
result<token_response> ask_with(const io_result& connect, const io_result& receive = {}) {
  scripted_transport agent;
  for (int i = 0; i < 100; ++i) agent.on_connect(connect);
  for (int i = 0; i < 100; ++i) agent.on_receive(receive);
  return client<>({}, agent).get_token(vault_resource, workspace);
}

options with_endpoint(std::string_view url) {
  options options;
  options.endpoint = url;
  return options;
}

/// Another user's program relays the agent's challenge.
result<token_response> ask_a_stranger() {
  memory_key_files files;
  files.add(key_path, "key", {998, true});
  scripted_transport agent;
  agent.set_peer_owner({owner_status::known, false, 1001});
  agent.on_receive(challenge(key_path));
  return client<>({}, agent, manual_clock{}, files).get_token(vault_resource, workspace);
}

result<access_token> ask_without_memory() {
  basic_credential<client<>> credential;
  is_memory_out = true;
  result<access_token> token = credential.get_token(vault_resource);
  is_memory_out = false;
  return token;
}

void print_failures_of_tokens() {
  const std::string named = "00000000-1111-2222-3333-444444444444";
  const token_request user_assigned{vault_resource, managed_identity_id::client_id(named)};
  const std::string token = R"({"access_token":"eyJ.a.b","expires_in":86400})";
  memory_key_files files;
  files.add(key_path, "key");
  memory_key_files empty_files;
  empty_files.add(key_path, "");
  char small[64];
  const io_result fine{};

  PRINT(invalid_argument, client<>().get_token("", workspace));
  PRINT(not_arc_server,
        client<scripted_transport, bare_traits<0>>().get_token(vault_resource, workspace));
  PRINT(discovery_failed,
        client<scripted_transport, bare_traits<13>>().get_token(vault_resource, workspace));
  PRINT(invalid_endpoint,
        client<>(with_endpoint("http://10.0.0.4:40342")).get_token(vault_resource, workspace));
  PRINT(workspace_too_small, client<>().get_token(vault_resource, small));
  PRINT(connection_refused, ask_with({io_status::refused, 0, 111}));
  PRINT(connection_failed, ask_with({io_status::failed, 0, 24}));
  PRINT(agent_not_verified, ask_a_stranger());
  PRINT(connection_lost, ask_with(fine));
  PRINT(timed_out, ask_with(fine, {io_status::timed_out}));
  PRINT(malformed_response, ask("SSH-2.0-OpenSSH_9.2\r\n"));
  PRINT(response_too_large, ask("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"));
  PRINT(invalid_challenge, ask(response("401 Unauthorized")));
  PRINT(key_path_rejected, ask(challenge("/etc/shadow")));
  PRINT(key_file_not_found, ask_with_key({key_file_status::not_found, 0, 2}));
  PRINT(key_file_denied,
        ask_with_key({key_file_status::denied, 0, 13, nullptr,
                      "Run as root, or join the group himds (usermod -a -G himds USER) and log in "
                      "again"}));
  PRINT(key_file_invalid, ask(challenge(key_path), "", vault_resource, empty_files));
  PRINT(key_file_failed, ask_with_key({key_file_status::failed, 0, 5}));
  PRINT(key_rejected, ask(challenge(key_path), "", vault_resource, files));
  PRINT(request_refused,
        ask(response("400 Bad Request",
                     agents_error("invalid_resource", "The resource was not found"))));
  PRINT(identity_not_found,
        ask(response("404 Not Found", agents_error("identity_not_found", "")), "", user_assigned));
  PRINT(agent_unavailable,
        ask(response("503 Service Unavailable", agents_error("busy", "Loading configuration"))));
  PRINT(unexpected_status, ask(response("302 Found")));
  PRINT(invalid_token_response, ask(response("200 OK", R"({"expires_in":86400})")));
  PRINT(identity_not_confirmed, ask(response("200 OK", token), "", user_assigned));
  PRINT(out_of_memory, ask_without_memory());

  scripted_transport agent;
  agent.on_receive(response("200 OK", "hello"));
  PRINT(invalid_json, client<>({}, agent).get_document<instance_metadata>(workspace));
}

using vault_client = basic_key_vault<scripted_https, basic_credential<client<>>, manual_clock>;

result<key_vault_secret> ask_vault(const https_response& answer,
                                   const std::string& resource = vault_resource) {
  scripted_transport agent;
  agent.on_receive(response("200 OK", R"({"access_token":"eyJ.a.b","expires_in":86400})"));
  const basic_credential<client<>> credential(options{}, agent, manual_clock{});
  scripted_https https;
  https.on_get_challenge(resource);
  for (int i = 0; i < 10; ++i) {
    https_response copy =
        scripted_https::response(answer.status_code, std::string(answer.body.view()));
    copy.status = answer.status;
    copy.reason = answer.reason;
    https.on_get(std::move(copy));
  }
  vault_client vault(credential, "https://myvault.vault.azure.net", {}, https);
  return vault.get_secret("database-password");
}

result<key_vault_secret> ask_vault(int status, const std::string& code = "",
                                   const std::string& message = "") {
  return ask_vault(scripted_https::response(
      status, R"({"error":{"code":")" + code + R"(","message":")" + message + R"("}})"));
}

https_response no_answer(https_status status, const std::string& reason) {
  https_response answer;
  answer.status = status;
  answer.reason = reason;
  return answer;
}

void print_failures_of_vaults() {
  PRINT(vault_unreachable, ask_vault(no_answer(https_status::unreachable,
                                               "Could not resolve host: myvault.vault.azure.net")));
  PRINT(vault_not_verified,
        ask_vault(no_answer(https_status::not_verified,
                            "SSL certificate problem: self-signed certificate")));
  PRINT(vault_challenge_rejected, ask_vault(https_response{}, "https://vault.example.com"));
  PRINT(vault_access_denied, ask_vault(403, "AccessDenied", "The user does not have secrets get"));
  PRINT(vault_item_not_found, ask_vault(404, "SecretNotFound", "A secret was not found"));
  PRINT(vault_refused, ask_vault(400, "BadParameter", "The parameter is not supported"));
  PRINT(vault_unavailable, ask_vault(429, "Throttled", "Too many requests"));
  PRINT(invalid_vault_response, ask_vault(scripted_https::response(200, "{}")));
}

}  // namespace

int main() {
  print_failures_of_tokens();
  print_failures_of_vaults();
}
