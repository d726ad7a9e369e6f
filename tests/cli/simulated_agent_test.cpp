// SPDX-License-Identifier: MIT
//
// The simulated agent as seen by a program, over sockets and in the key directory.

#include "simulate/simulated_agent.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "raw_http.hpp"
#include "simulate/loopback_server.hpp"

namespace {

using namespace std::chrono_literals;
using arc_identity_cli::simulated_agent;
using arc_identity_cli::simulated_agent_options;
using arc_identity_cli::simulated_identity;
using raw_http::connection;
using raw_http::response;
using std::chrono::steady_clock;

namespace fs = std::filesystem;

const std::string token_path = "/metadata/identity/oauth2/token";
const std::string vault_query = "?api-version=2020-06-01&resource=https%3A%2F%2Fvault.azure.net";
const std::string vault_target = token_path + vault_query;
const std::string metadata_true = "Metadata: true\r\n";

struct running_agent : simulated_agent {
  explicit running_agent(const simulated_agent_options& options = {}) : simulated_agent(options) {
    REQUIRE(start() == "");
  }
};

// A temporary directory of the test.
struct scratch_directory {
  scratch_directory() : path((fs::temp_directory_path() / "simulated-agent-test-XXXXXX").string()) {
    REQUIRE(::mkdtemp(path.data()) != nullptr);
  }
  ~scratch_directory() { fs::remove_all(path); }
  std::string path;
};

response ask(const simulated_agent& agent, const std::string& target,
             const std::string& header_lines = metadata_true) {
  return connection(agent.port()).ask(raw_http::get(target, header_lines));
}

std::string contents_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::size_t files_in(const std::string& directory) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory), {}));
}

std::string key_path_of(const response& challenge) {
  const std::string value = challenge.header("Www-Authenticate");
  const std::string before = "Basic realm=";
  REQUIRE(value.substr(0, before.size()) == before);
  return value.substr(before.size());
}

std::string with_key(const std::string& key) {
  return metadata_true + "Authorization: Basic " + key + "\r\n";
}

std::string key_from(const response& challenge) { return contents_of(key_path_of(challenge)); }

response fetch_token(const simulated_agent& agent, const std::string& target = vault_target) {
  const response challenge = ask(agent, target);
  REQUIRE(challenge.status == 401);
  return ask(agent, target, with_key(key_from(challenge)));
}

// The text of a string member, or the digits of a number.
std::string member(const response& given, const std::string& name) {
  const std::string start = "\"" + name + "\":";
  std::size_t at = given.body.find(start);
  if (at == std::string::npos) return "";
  at += start.size();
  if (given.body[at] == '"')
    return given.body.substr(at + 1, given.body.find('"', at + 1) - at - 1);
  return given.body.substr(at, given.body.find_first_of(",}", at) - at);
}

std::string decoded_base64url(const std::string& text) {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  unsigned bits = 0;
  int count = 0;
  REQUIRE(text.find_first_not_of(alphabet) == std::string::npos);
  for (const char c : text) {
    bits = bits << 6 | static_cast<unsigned>(alphabet.find(c));
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>(bits >> count & 0xff);
  }
  return out;
}

// The claims in a token, as JSON.
std::string claims_of(const response& given) {
  const std::string token = member(given, "access_token");
  const std::size_t first = token.find('.');
  const std::size_t second = token.find('.', first + 1);
  REQUIRE(second != std::string::npos);
  REQUIRE(token.find('.', second + 1) == std::string::npos);
  REQUIRE(token.size() > second + 1);
  CHECK(decoded_base64url(token.substr(0, first)) == R"({"typ":"JWT","alg":"none"})");
  decoded_base64url(token.substr(second + 1));
  return decoded_base64url(token.substr(first + 1, second - first - 1));
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

simulated_agent_options with_identities() {
  simulated_agent_options options;
  options.identities = {
      {"11111111-aaaa-4aaa-8aaa-111111111111", "22222222-bbbb-4bbb-8bbb-222222222222",
       "/subscriptions/s/resourceGroups/g/providers/"
       "Microsoft.ManagedIdentity/userAssignedIdentities/blue"},
      {"33333333-cccc-4ccc-8ccc-333333333333", "", ""}};
  return options;
}

steady_clock::duration time_of(const std::function<void()>& action) {
  const auto start = steady_clock::now();
  action();
  return steady_clock::now() - start;
}

}  // namespace

TEST_SUITE_BEGIN("simulated agent");

TEST_CASE("simulated agent: its endpoints have localhost and its port") {
  running_agent agent;
  const std::string origin = "http://localhost:" + std::to_string(agent.port());
  CHECK(agent.port() > 0);
  CHECK(agent.imds_endpoint() == origin);
  CHECK(agent.endpoint() == origin + token_path);
}

TEST_CASE("simulated agent: also listens on ::1 if the system has it") {
  running_agent agent;
  const std::string request = raw_http::get(vault_target, metadata_true);
  connection v6(agent.port(), AF_INET6);
  const bool has_v6 =
      fs::exists("/proc/net/if_inet6") && !contents_of("/proc/net/if_inet6").empty();
  CHECK(v6.connected() == has_v6);
  if (has_v6) CHECK(v6.ask(request).status == 401);
  agent.stop();
  CHECK_FALSE(connection(agent.port(), AF_INET6).connected());
}

TEST_CASE("simulated agent: does not take a port that is in use on ::1") {
  running_agent other;
  arc_identity_cli::loopback_server v6([](const auto&, auto&) {}, [] {});
  const int taken = v6.bind("::1", 0);
  simulated_agent_options options;
  options.port = static_cast<std::uint16_t>(taken);
  if (taken != 0) CHECK(contains(simulated_agent(options).start(), "is the port in use?"));
}

TEST_CASE("simulated agent: a request without a key gets a challenge in the agent's spelling") {
  running_agent agent;
  const response challenge = ask(agent, vault_target);
  CHECK(challenge.status == 401);
  CHECK(challenge.head.substr(0, 27) == "HTTP/1.1 401 Unauthorized\r\n");
  CHECK(challenge.body ==
        R"({"error":"unauthorized_client",)"
        R"("error_description":"Missing Basic Authorization header","error_codes":[401]})");

  const std::string path = key_path_of(challenge);
  CHECK(fs::path(path).parent_path() == agent.key_directory());
  CHECK(fs::path(path).extension() == ".key");
  CHECK(fs::path(path).stem().string().size() == 36);  // a GUID
}

TEST_CASE("simulated agent: the key file is regular, random text, unreadable for others") {
  running_agent agent;
  const std::string path = key_path_of(ask(agent, vault_target));
  struct stat status {};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  CHECK(S_ISREG(status.st_mode));
  CHECK((status.st_mode & 07777) == 0640);
  REQUIRE(::lstat(agent.key_directory().c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0700);

  const std::string key = contents_of(path);
  CHECK(key.size() >= 32);
  CHECK(key.size() <= 4096);
  CHECK(key.find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(key != key_from(ask(agent, vault_target)));
}

TEST_CASE("simulated agent: a key gives one token, and its file is removed") {
  running_agent agent;
  const response challenge = ask(agent, vault_target);
  const std::string path = key_path_of(challenge);
  const std::string key = contents_of(path);

  const response token = ask(agent, vault_target, with_key(key));
  CHECK(token.status == 200);
  CHECK(token.head.substr(0, 17) == "HTTP/1.1 200 OK\r\n");
  CHECK_FALSE(fs::exists(path));

  const response again = ask(agent, vault_target, with_key(key));
  CHECK(again.status == 401);
  CHECK(key_path_of(again) != path);
  CHECK(fs::exists(key_path_of(again)));
  CHECK(agent.counters().wrong_keys == 1);
  CHECK(agent.counters().tokens == 1);
}

TEST_CASE("simulated agent: a wrong key gets a new challenge and keeps other keys valid") {
  running_agent agent;
  const std::string good = key_from(ask(agent, vault_target));
  for (const std::string& bad : {std::string("guess"), good + "0", good.substr(1)}) {
    const response refused = ask(agent, vault_target, with_key(bad));
    CHECK(refused.status == 401);
    CHECK(refused.has("\"error\":\"unauthorized_client\""));
    CHECK(fs::exists(key_path_of(refused)));
  }
  CHECK(ask(agent, vault_target, with_key("")).status == 401);
  CHECK(ask(agent, vault_target, with_key(good)).status == 200);
}

TEST_CASE("simulated agent: the scheme Basic is case-insensitive, others are refused") {
  running_agent agent;
  const std::string first = key_from(ask(agent, vault_target));
  CHECK(ask(agent, vault_target, metadata_true + "authorization: bAsIc " + first + "\r\n").status ==
        200);
  const std::string second = key_from(ask(agent, vault_target));
  const std::string bearer = metadata_true + "Authorization: Bearer " + second + "\r\n";
  const response refused = ask(agent, vault_target, bearer);
  CHECK(refused.status == 401);
  CHECK(refused.has("Missing Basic Authorization header"));
}

TEST_CASE("simulated agent: the members of a token response") {
  running_agent agent;
  const response token = fetch_token(agent);
  CHECK(token.status == 200);
  CHECK(member(token, "resource") == "https://vault.azure.net");
  CHECK(member(token, "token_type") == "Bearer");
  CHECK(token.has("\"expires_in\":\"86400\""));
  const long issued = std::atol(member(token, "not_before").c_str());
  CHECK(std::labs(issued - static_cast<long>(std::time(nullptr))) <= 2);
  CHECK(token.has("\"expires_on\":\"" + std::to_string(issued + 86400) + "\""));
  for (const char* echo : {"client_id", "object_id", "msi_res_id"}) {
    CHECK_FALSE(token.has("\"" + std::string(echo) + "\""));
  }

  const std::string claims = claims_of(token);
  CHECK(contains(claims, "\"aud\":\"https://vault.azure.net\""));
  CHECK(contains(claims, "\"iat\":" + std::to_string(issued) + ","));
  CHECK(contains(claims, "\"exp\":" + std::to_string(issued + 86400) + ","));
  CHECK(contains(claims, "\"oid\":\"" + agent.system_assigned().object_id + "\""));
  CHECK(contains(claims, "\"appid\":\"" + agent.system_assigned().client_id + "\""));
  CHECK(contains(claims, "\"xms_mirid\":\"" + agent.system_assigned().resource_id + "\""));
  CHECK(contains(claims, "\"iss\":\"https://sts.windows.net/"));
  CHECK(contains(claims, "\"simulated\":true"));
}

TEST_CASE("simulated agent: each token is different") {
  running_agent agent;
  CHECK(member(fetch_token(agent), "access_token") != member(fetch_token(agent), "access_token"));
}

TEST_CASE("simulated agent: the machine's identity is the same at each start, or as given") {
  CHECK(running_agent().system_assigned().object_id == running_agent().system_assigned().object_id);
  simulated_agent_options options;
  options.machine.object_id = "chosen";
  running_agent agent(options);
  CHECK(contains(claims_of(fetch_token(agent)), "\"oid\":\"chosen\""));
}

TEST_CASE("simulated agent: --numeric-expiry and --token-lifetime") {
  simulated_agent_options options;
  options.numeric_expiry = true;
  options.token_lifetime = 60s;
  running_agent agent(options);
  const response token = fetch_token(agent);
  CHECK(token.has("\"expires_in\":60,"));
  const long issued = std::atol(member(token, "not_before").c_str());
  CHECK(token.has("\"expires_on\":" + std::to_string(issued + 60) + ","));
  CHECK(token.has("\"not_before\":" + std::to_string(issued) + ","));
}

TEST_CASE("simulated agent: the token has the requested size") {
  for (const std::size_t size : {1500u, 1501u, 1502u, 1503u, 12000u}) {
    simulated_agent_options options;
    options.token_size = size;
    running_agent agent(options);
    const std::size_t got = member(fetch_token(agent), "access_token").size();
    CHECK(got + 8 >= size);
    CHECK(got <= size + 8);
  }
  simulated_agent_options options;
  options.token_size = 1;
  running_agent agent(options);
  const response token = fetch_token(agent);
  CHECK(member(token, "access_token").size() < 1000);
  CHECK(contains(claims_of(token), "\"simulated\":true"));
}

TEST_CASE("simulated agent: the resource is echoed as valid JSON") {
  running_agent agent;
  const std::string start = token_path + "?api-version=2020-06-01&resource=";
  CHECK(fetch_token(agent, start + "a%22b%5Cc%01%0A%0D%09%00d%2Fe")
            .has(R"("resource":"a\"b\\c\u0001\u000a\u000d\u0009\u0000d/e")"));
  const std::string good = "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";
  CHECK(fetch_token(agent, start + "%C3%A9%E2%82%AC%F0%9F%98%80")
            .has("\"resource\":\"" + good + "\""));
  // a lone continuation, overlong forms, a surrogate, beyond U+10FFFF, cut off
  for (const char* bad : {"%80", "%C0%80", "%E0%80%80", "%F0%80%80%80", "%ED%A0%80", "%F4%90%80%80",
                          "%F5%80%80%80", "%FF", "%C3", "%E2%82", "%F0%9F%98"}) {
    CHECK(fetch_token(agent, start + "x" + bad).has("\"resource\":\"x\\ufffd"));
  }
}

TEST_CASE("simulated agent: checks before the challenge, in the agent's order") {
  running_agent agent;
  const std::string forwarded = "X-Forwarded-For: 192.0.2.1\r\n";
  const std::string resource = "resource=https%3A%2F%2Fvault.azure.net";

  const response bare = ask(agent, token_path, forwarded);
  CHECK(bare.status == 400);
  CHECK(bare.has("\"error\":\"invalid_request\""));
  CHECK(bare.has("\"error_codes\":[400]"));
  CHECK(bare.has("Metadata: true"));
  CHECK(ask(agent, vault_target, "Metadata: false\r\n").status == 400);

  const response proxied = ask(agent, token_path, metadata_true + forwarded);
  CHECK(proxied.status == 400);
  CHECK(proxied.has("X-Forwarded-For"));

  for (const char* query : {"", "?api-version=", "?api-version=1999-01-01"}) {
    const response unversioned = ask(agent, token_path + query);
    CHECK(unversioned.status == 400);
    CHECK(unversioned.has("2019-08-15, 2019-11-01, 2020-06-01, 2021-02-01"));
  }
  CHECK(ask(agent, token_path + "?" + resource).status == 400);

  for (const char* query : {"?api-version=2020-06-01", "?api-version=2020-06-01&resource="}) {
    const response aimless = ask(agent, token_path + query);
    CHECK(aimless.status == 400);
    CHECK(aimless.has("resource"));
  }
  CHECK(agent.counters().challenges == 0);
  CHECK(agent.counters().refused == 9);
  CHECK(files_in(agent.key_directory()) == 0);
}

TEST_CASE("simulated agent: accepted spellings of a request") {
  running_agent agent;
  CHECK(ask(agent, vault_target, "Metadata: True\r\n").status == 401);
  CHECK(ask(agent, vault_target, "metadata: TRUE\r\n").status == 401);
  for (const char* version : {"2019-08-15", "2019-11-01", "2020-06-01", "2021-02-01"}) {
    const std::string query = std::string("?resource=x&api-version=") + version;
    CHECK(ask(agent, token_path + query).status == 401);
  }
}

TEST_CASE("simulated agent: a user-assigned identity is selected by each id and echoed") {
  running_agent agent(with_identities());
  const simulated_identity blue = agent.identities()[0];
  const std::string encoded_id =
      "%2FSUBSCRIPTIONS%2Fs%2FresourceGroups%2Fg%2Fproviders%2F"
      "Microsoft.ManagedIdentity%2FuserAssignedIdentities%2Fblue";
  for (const std::string& selector :
       {"&client_id=" + blue.client_id,
        std::string("&object_id=22222222-BBBB-4bbb-8bbb-222222222222"),
        "&msi_res_id=" + encoded_id}) {
    const response token = fetch_token(agent, vault_target + selector);
    CHECK(token.status == 200);
    CHECK(member(token, "client_id") == blue.client_id);
    CHECK(member(token, "object_id") == blue.object_id);
    CHECK(member(token, "msi_res_id") == blue.resource_id);
    CHECK(contains(claims_of(token), "\"oid\":\"" + blue.object_id + "\""));
    CHECK(contains(claims_of(token), "\"appid\":\"" + blue.client_id + "\""));
  }
}

TEST_CASE("simulated agent: omitted ids of an identity are generated") {
  running_agent agent(with_identities());
  const simulated_identity second = agent.identities()[1];
  CHECK(second.client_id == "33333333-cccc-4ccc-8ccc-333333333333");
  CHECK(second.object_id.size() == 36);
  CHECK(contains(second.resource_id, "/userAssignedIdentities/"));
  const response token = fetch_token(agent, vault_target + "&object_id=" + second.object_id);
  CHECK(member(token, "client_id") == second.client_id);
}

TEST_CASE("simulated agent: an unassigned identity is refused before the challenge") {
  running_agent agent(with_identities());
  for (const std::string& selector :
       {std::string("&client_id=44444444-dddd-4ddd-8ddd-444444444444"),
        "&object_id=" + agent.identities()[0].client_id, std::string("&msi_res_id=%2Fnone"),
        "&client_id=" + agent.system_assigned().client_id}) {
    const response refused = ask(agent, vault_target + selector);
    CHECK(refused.status == 404);
    CHECK(refused.has("{\"error\":\"identity_not_found\","));
  }
  CHECK(files_in(agent.key_directory()) == 0);
}

TEST_CASE("simulated agent: two selectors are refused") {
  running_agent agent(with_identities());
  const simulated_identity blue = agent.identities()[0];
  const std::string client = "&client_id=" + blue.client_id;
  const std::string object = "&object_id=" + blue.object_id;
  CHECK(ask(agent, vault_target + client + object).status == 400);
  CHECK(ask(agent, vault_target + object + "&msi_res_id=x").status == 400);
  CHECK(ask(agent, vault_target + client + "&object_id=").status == 401);
}

TEST_CASE("simulated agent: mi_res_id is ignored") {
  running_agent agent(with_identities());
  const response token = fetch_token(agent, vault_target + "&mi_res_id=%2Fwhatever");
  CHECK(token.status == 200);
  CHECK_FALSE(token.has("res_id\":\"/"));
  CHECK_FALSE(token.has("\"client_id\""));
  CHECK(contains(claims_of(token), "\"oid\":\"" + agent.system_assigned().object_id + "\""));
}

TEST_CASE("simulated agent: --legacy ignores selectors and does not echo the identity") {
  simulated_agent_options options = with_identities();
  options.legacy = true;
  running_agent agent(options);
  for (const std::string& selector :
       {"&client_id=" + agent.identities()[0].client_id, std::string("&client_id=unknown"),
        std::string("&client_id=a&object_id=b")}) {
    const response token = fetch_token(agent, vault_target + selector);
    CHECK(token.status == 200);
    CHECK_FALSE(token.has("\"client_id\""));
    CHECK(contains(claims_of(token), "\"oid\":\"" + agent.system_assigned().object_id + "\""));
  }
}

TEST_CASE("simulated agent: --no-challenge answers 200 at once") {
  simulated_agent_options options;
  options.challenge = false;
  running_agent agent(options);
  CHECK(ask(agent, vault_target).status == 200);
  CHECK(ask(agent, vault_target, "").status == 400);
  CHECK(agent.counters().challenges == 0);
}

TEST_CASE("simulated agent: other paths give 404, other methods 405") {
  running_agent agent;
  for (const char* path :
       {"/", "/metadata", "/metadata/identity/oauth2/token/", "/metadata/identity/oauth2/Token",
        "/metadata/instances", "/metadata/instance/storage", "/metadata/instance/compute/name/x"}) {
    const response missing = ask(agent, path + vault_query);
    CHECK(missing.status == 404);
    CHECK(missing.has("\"error_codes\":[404]"));
  }
  connection kept(agent.port());
  kept.send("POST " + vault_target +
            " HTTP/1.1\r\nHost: h\r\nMetadata: true\r\nContent-Length: 5\r\n\r\n");
  std::this_thread::sleep_for(50ms);  // the body arrives separately, and is not taken for a request
  kept.send("hello");
  const response posted = kept.receive();
  CHECK(posted.status == 405);
  CHECK(posted.header("Allow") == "GET");
  CHECK(posted.has("\"error_codes\":[405]"));
  CHECK(kept.ask("POST " + vault_target + " HTTP/1.1\r\nHost: h\r\n\r\n").status == 405);
  kept.send("HEAD " + vault_target + " HTTP/1.1\r\nHost: h\r\nMetadata: true\r\n\r\n");
  CHECK(kept.receive(false).status == 405);
  CHECK(kept.ask(raw_http::get(vault_target, metadata_true)).status == 401);
  CHECK(ask(agent, "/metadata/in%0Astance").status == 404);
}

TEST_CASE("simulated agent: an endless request closes the connection, in each part of it") {
  running_agent agent;
  const std::string start = vault_target + " HTTP/1.1\r\nHost: h\r\nMetadata: true\r\n";
  const std::string piece(1 << 20, 'x');
  std::string fields;
  while (fields.size() < piece.size()) fields += "X: y\r\n";
  const struct {
    std::string head;
    std::string piece;
  } cases[] = {
      {"POST " + start + "Content-Length: 99999999999\r\n\r\n", piece},
      {"GET " + start + "Content-Length: 99999999999\r\n\r\n", piece},
      {"PUT " + start + "Transfer-Encoding: chunked\r\n\r\n", "100000\r\n" + piece + "\r\n"},
      {"POST " + start + "Transfer-Encoding: chunked\r\n\r\n", std::string(1 << 20, '1')},
      {"POST " + start + "Content-Type: application/x-www-form-urlencoded\r\n" +
           "Content-Length: 99999999999\r\n\r\n",
       piece},
      {"POST " + start + "Content-Type: multipart/form-data; boundary=b\r\n" +
           "Content-Length: 99999999999\r\n\r\n--b\r\nContent-Disposition: form-data; "
           "name=\"a\"\r\n\r\n",
       piece},
      {"GET ", piece},
      {"GET " + start + "X: ", piece},
      {"GET " + start, fields},
  };
  for (const auto& c : cases) {
    CAPTURE(c.head);
    connection other(agent.port());
    other.send(c.head);
    constexpr std::size_t most = 64;  // MiB; the system buffers some before the agent reads them
    CHECK(other.flood(c.piece, most) < most / 2);
  }
  CHECK(ask(agent, vault_target).status == 401);
}

TEST_CASE("simulated agent: a connection serves many requests of limited size") {
  running_agent agent;
  connection kept(agent.port());
  const std::string padding = "X: " + std::string(4000, 'x') + "\r\n";
  for (int i = 0; i < 100; ++i) {
    CHECK(kept.ask(raw_http::get(vault_target, metadata_true + padding)).status == 401);
  }
}

TEST_CASE("simulated agent: response headers are those of a Go server") {
  running_agent agent;
  const std::string compressed = metadata_true + "Accept-Encoding: gzip, br\r\n";
  const response challenge = ask(agent, vault_target, compressed);
  CHECK(challenge.header("Content-Type") == "application/json; charset=utf-8");
  CHECK(challenge.header("Content-Length") == std::to_string(challenge.body.size()));
  const std::string date = challenge.header("Date");
  CHECK(date.size() == 29);
  CHECK(date.substr(25) == " GMT");
  for (const char* absent :
       {"Keep-Alive", "Connection", "Content-Encoding", "Transfer-Encoding", "WWW-Authenticate"}) {
    CHECK(challenge.header(absent) == "");
  }
}

TEST_CASE("simulated agent: a kept connection serves many requests") {
  running_agent agent;
  connection kept(agent.port());
  for (int i = 0; i < 20; ++i) {
    const response challenge = kept.ask(raw_http::get(vault_target, metadata_true));
    REQUIRE(challenge.status == 401);
    const std::string key = key_from(challenge);
    REQUIRE(kept.ask(raw_http::get(vault_target, with_key(key))).status == 200);
  }
}

TEST_CASE("simulated agent: Connection: close closes the connection") {
  running_agent agent;
  connection closing(agent.port());
  const std::string close = metadata_true + "Connection: close\r\n";
  CHECK(closing.ask(raw_http::get(vault_target, close)).status == 401);
  CHECK(closing.at_end());
  connection old(agent.port());
  CHECK(old.ask("GET " + vault_target + " HTTP/1.0\r\nMetadata: true\r\n\r\n").status == 401);
  CHECK(old.at_end());
}

TEST_CASE("simulated agent: clients are served concurrently") {
  simulated_agent_options options;
  options.latency = 500ms;
  running_agent agent(options);
  const auto took = time_of([&agent] {
    std::thread other([&agent] { ask(agent, vault_target); });
    ask(agent, vault_target);
    other.join();
  });
  CHECK(took >= 500ms);
  CHECK(took < 950ms);
}

TEST_CASE("simulated agent: serves 200 kept connections at once") {
  running_agent agent;
  std::vector<std::unique_ptr<connection>> clients;
  for (int i = 0; i < 200; ++i) {
    clients.push_back(std::make_unique<connection>(agent.port()));
    clients.back()->send(raw_http::get(vault_target, metadata_true));
  }
  const auto took = time_of([&clients] {
    for (const auto& client : clients) {
      const response challenge = client->receive();
      REQUIRE(challenge.status == 401);
      client->send(raw_http::get(vault_target, with_key(key_from(challenge))));
    }
    for (const auto& client : clients) REQUIRE(client->receive().status == 200);
  });
  CHECK(took < 3s);
  CHECK(agent.counters().tokens == 200);
}

TEST_CASE("simulated agent: the rate limit gives 429 with Retry-After, and 200 a second later") {
  simulated_agent_options options;
  options.rate_limit = 3;
  running_agent agent(options);
  for (int i = 0; i < 3; ++i) CHECK(ask(agent, vault_target).status == 401);
  const response refused = ask(agent, vault_target);
  CHECK(refused.status == 429);
  CHECK(refused.header("Retry-After") == "1");
  CHECK(refused.has("\"error_codes\":[429]"));
  CHECK(ask(agent, "/metadata/instance?api-version=2020-06-01").status == 200);
  std::this_thread::sleep_for(1100ms);
  CHECK(ask(agent, vault_target).status == 401);
}

TEST_CASE("simulated agent: --fail-first refuses the first requests") {
  simulated_agent_options options;
  options.fail_first = 2;
  SUBCASE("simulated agent: 503 without Retry-After") {
    running_agent agent(options);
    for (int i = 0; i < 2; ++i) {
      const response refused = ask(agent, vault_target);
      CHECK(refused.status == 503);
      CHECK(refused.header("Retry-After") == "");
      CHECK(refused.has("\"error_codes\":[503]"));
    }
    CHECK(fetch_token(agent).status == 200);
  }
  SUBCASE("simulated agent: 429 with Retry-After") {
    options.fail_status = 429;
    options.retry_after = 7s;
    running_agent agent(options);
    const response refused = ask(agent, vault_target);
    CHECK(refused.status == 429);
    CHECK(refused.has("\"error\":\"too_many_requests\""));
    CHECK(refused.head.substr(0, 32) == "HTTP/1.1 429 Too Many Requests\r\n");
    CHECK(refused.header("Retry-After") == "7");
    CHECK(ask(agent, vault_target).status == 429);
    CHECK(ask(agent, vault_target).status == 401);
  }
}

TEST_CASE("simulated agent: each --fail-status has a matching body") {
  const struct {
    int status;
    const char* body;
  } cases[] = {{400, "\"error\":\"invalid_request\""},
               {401, "\"error\":\"unauthorized_client\""},
               {403, "\"error\":\"forbidden\""},
               {404, "\"error\":\"identity_not_found\""},
               {408, "\"error\":\"request_timeout\""},
               {410, "\"error\":\"gone\""},
               {418, "\"error_codes\":[418]"},
               {429, "\"error\":\"too_many_requests\""},
               {500, "\"correlationId\":\""},
               {502, "<h1>502 Bad Gateway</h1>"},
               {503, "\"error\":\"service_unavailable\""},
               {504, "<h1>504 Gateway Time-out</h1>"},
               {599, "\"error\":\"server_error\""}};
  for (const auto& c : cases) {
    CAPTURE(c.status);
    simulated_agent_options options;
    options.fail_first = 1;
    options.fail_status = c.status;
    running_agent agent(options);
    const response refused = ask(agent, vault_target);
    CHECK(refused.status == c.status);
    CHECK(refused.has(c.body));
    CHECK(contains(refused.header("Content-Type"), refused.body[0] == '<' ? "html" : "json"));
  }
}

TEST_CASE("simulated agent: metadata needs no key") {
  running_agent agent;
  const response whole = ask(agent, "/metadata/instance?api-version=2020-06-01");
  CHECK(whole.status == 200);
  CHECK(whole.body.substr(0, 12) == "{\"compute\":{");
  CHECK(whole.has("},\"network\":{"));
  const response compute = ask(agent, "/metadata/instance/compute?api-version=2020-06-01");
  CHECK(compute.status == 200);
  CHECK(whole.has("{\"compute\":" + compute.body + ","));
  for (const char* name :
       {"azEnvironment", "location", "name", "osType", "resourceGroupName", "resourceId", "sku",
        "subscriptionId", "tags", "tagsList", "version", "vmId"}) {
    CHECK(compute.has("\"" + std::string(name) + "\":"));
  }
  CHECK(compute.has("/providers/Microsoft.HybridCompute/machines/"));
  CHECK(compute.has("\"tagsList\":[{\"name\":"));

  CHECK(ask(agent, "/metadata/instance?api-version=2020-06-01", "").status == 400);
  CHECK(ask(agent, "/metadata/instance").has("2020-06-01"));
  CHECK(agent.counters().documents == 2);
}

TEST_CASE("simulated agent: a path selects a part of the metadata, down to a single value") {
  running_agent agent;
  const std::string version = "?api-version=2020-06-01";
  const auto get = [&](const std::string& path, const std::string& more = "") {
    return ask(agent, "/metadata/instance" + path + version + more);
  };
  const response location = get("/compute/location", "&format=text");
  CHECK(location.status == 200);
  CHECK(location.body == "westeurope");
  CHECK(location.header("Content-Type") == "text/plain; charset=utf-8");
  CHECK(get("/compute/tagsList/1/value", "&format=text").body == "yes");
  CHECK(get("/compute/offer", "&format=text").body == "");
  CHECK(get("/network/interface/0/ipv4/ipAddress/0").has("\"privateIpAddress\":"));
  CHECK(get("/compute/tagsList").body.substr(0, 9) == "[{\"name\":");
  CHECK(get("/").body == get("").body);
  CHECK(get("/compute/location").has("format=text"));
  CHECK(get("/compute", "&format=text").status == 400);
  for (const char* missing :
       {"/compute/tagsList/9", "/compute.name", "/compute//name", "//compute"}) {
    CAPTURE(missing);
    CHECK(get(missing).status == 404);
  }
}

TEST_CASE("simulated agent: unused keys expire") {
  simulated_agent_options options;
  options.key_lifetime = 300ms;
  running_agent agent(options);
  const response challenge = ask(agent, vault_target);
  const std::string path = key_path_of(challenge);
  const std::string key = contents_of(path);
  for (int i = 0; i < 500 && fs::exists(path); ++i) std::this_thread::sleep_for(10ms);
  CHECK_FALSE(fs::exists(path));  // no request was needed for this
  CHECK(ask(agent, vault_target, with_key(key)).status == 401);
}

TEST_CASE("simulated agent: beyond the limit of keys the oldest is dropped") {
  simulated_agent_options options;
  options.max_keys = 3;
  running_agent agent(options);
  std::vector<std::string> paths;
  for (int i = 0; i < 5; ++i) paths.push_back(key_path_of(ask(agent, vault_target)));
  CHECK(files_in(agent.key_directory()) == 3);
  CHECK_FALSE(fs::exists(paths[1]));
  CHECK(fs::exists(paths[2]));
}

TEST_CASE("simulated agent: stops fast with clients in each state") {
  simulated_agent_options options;
  options.latency = 30s;
  running_agent agent(options);
  connection idle(agent.port());
  connection halfway(agent.port());
  halfway.send("GET /metadata");
  connection waiting(agent.port());
  waiting.send(raw_http::get(vault_target, metadata_true));
  std::this_thread::sleep_for(100ms);
  CHECK(time_of([&agent] { agent.stop(); }) < 2s);
  CHECK(idle.at_end());
  CHECK(halfway.at_end());
  CHECK_FALSE(connection(agent.port()).connected());
  agent.stop();
}

TEST_CASE("simulated agent: start removes temporary directories of killed runs, not those in use") {
  const scratch_directory scratch;
  const char* before = std::getenv("TMPDIR");
  const std::string restored = before != nullptr ? before : "/tmp";
  ::setenv("TMPDIR", scratch.path.c_str(), 1);
  const pid_t killed = ::fork();
  if (killed == 0) {
    simulated_agent agent;
    if (agent.start().empty()) ask(agent, vault_target);
    ::raise(SIGKILL);
  }
  ::waitpid(killed, nullptr, 0);
  CHECK(files_in(scratch.path) == 1);
  {
    running_agent first;
    running_agent second;
    CHECK(files_in(scratch.path) == 2);
    CHECK(fetch_token(first).status == 200);
  }
  CHECK(files_in(scratch.path) == 0);
  ::setenv("TMPDIR", restored.c_str(), 1);
}

TEST_CASE("simulated agent: removes only what it created") {
  scratch_directory scratch;
  simulated_agent_options options;
  SUBCASE("stop() removes keys, destruction the temporary directory") {
    std::string directory;
    {
      running_agent agent;
      directory = agent.key_directory();
      const std::string path = key_path_of(ask(agent, vault_target));
      agent.stop();
      CHECK_FALSE(fs::exists(path));
      CHECK(fs::exists(directory));
    }
    CHECK_FALSE(fs::exists(directory));
  }
  SUBCASE("an existing directory is kept with its files") {
    options.key_directory = scratch.path + "/";
    std::ofstream(scratch.path + "/other.key") << "x";
    {
      running_agent agent(options);
      CHECK(agent.key_directory() == scratch.path);
      CHECK(fs::path(key_path_of(ask(agent, vault_target))).parent_path() == scratch.path);
      CHECK(files_in(scratch.path) == 2);
    }
    CHECK(files_in(scratch.path) == 1);
    fs::remove(scratch.path + "/other.key");
    { running_agent agent(options); }
    CHECK(fs::exists(scratch.path));
  }
  SUBCASE("a missing directory is created and removed") {
    options.key_directory = scratch.path + "/keys";
    {
      running_agent agent(options);
      CHECK(fs::exists(key_path_of(ask(agent, vault_target))));
    }
    CHECK_FALSE(fs::exists(options.key_directory));
  }
}

TEST_CASE("simulated agent: a restart keeps the address") {
  running_agent agent;
  const int port = agent.port();
  const std::string directory = agent.key_directory();
  const std::string key = key_from(ask(agent, vault_target));
  agent.stop();
  REQUIRE(agent.start() == "");
  CHECK(agent.port() == port);
  CHECK(agent.key_directory() == directory);
  CHECK(ask(agent, vault_target, with_key(key)).status ==
        401);  // The key is from before the restart.
  CHECK(fetch_token(agent).status == 200);
  CHECK(agent.start() != "");
}

TEST_CASE("simulated agent: errors at start are reported") {
  running_agent first;
  simulated_agent_options options;
  options.port = static_cast<std::uint16_t>(first.port());
  CHECK(contains(simulated_agent(options).start(), std::to_string(first.port())));

  scratch_directory scratch;
  options.port = 0;
  options.key_directory = scratch.path + "/missing/keys";
  CHECK(contains(simulated_agent(options).start(), options.key_directory));
  std::ofstream(scratch.path + "/file") << "x";
  options.key_directory = scratch.path + "/file";
  CHECK(contains(simulated_agent(options).start(), "not a directory"));
  options.key_directory = scratch.path + "/a\r\nSet-Cookie: b";
  CHECK(contains(simulated_agent(options).start(), "control character"));
}

TEST_CASE("simulated agent: an unwritable key file gives the client an error") {
  scratch_directory scratch;
  simulated_agent_options options;
  options.key_directory = scratch.path + "/keys";
  running_agent agent(options);
  fs::remove(options.key_directory);
  const response refused = ask(agent, vault_target);
  CHECK(refused.status == 500);
  CHECK(refused.has("\"error_codes\":[500]"));
}

TEST_CASE("simulated agent: logs one line per request, without key and token") {
  std::mutex mutex;
  std::vector<std::string> lines;
  simulated_agent_options options;
  options.log = [&](std::string_view line) {
    const std::lock_guard<std::mutex> lock(mutex);
    lines.emplace_back(line);
  };
  running_agent agent(options);
  const std::string key = key_from(ask(agent, vault_target));
  const response token = ask(agent, vault_target, with_key(key));
  ask(agent, "/x\x1b[31m");
  agent.stop();
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] ==
        "GET " + vault_target + " -> 401 challenge: Missing Basic Authorization header");
  CHECK(lines[1] == "GET " + vault_target + " with Authorization -> 200 token of object_id " +
                        agent.system_assigned().object_id);
  CHECK(lines[2] == "GET /x?[31m -> 404 No such path");
}

TEST_CASE("simulated agent: the JSON log has request and response") {
  std::string line;
  simulated_agent_options options;
  options.json_log = [&line](std::string_view given) { line = given; };
  running_agent agent(options);
  ask(agent, "/x\"\x1b?a=b", "User-Agent: \"me\"\r\nAuthorization: Basic secret\r\n");
  agent.stop();
  CHECK(line.find("{\"time\":\"20") == 0);
  CHECK(contains(line,
                 "Z\",\"method\":\"GET\",\"target\":\"/x\\\"\\u001b?a=b\","
                 "\"user_agent\":\"\\\"me\\\"\",\"authorization\":true,"
                 "\"status\":404,\"note\":\"No such path\"}"));
}

TEST_CASE("simulated agent: counters match the requests") {
  running_agent agent;
  fetch_token(agent);
  ask(agent, vault_target, with_key("wrong"));
  ask(agent, "/metadata/instance?api-version=2020-06-01");
  ask(agent, "/none");
  const arc_identity_cli::simulated_agent_counters counted = agent.counters();
  CHECK(counted.requests == 5);
  CHECK(counted.challenges == 2);
  CHECK(counted.wrong_keys == 1);
  CHECK(counted.tokens == 1);
  CHECK(counted.documents == 1);
  CHECK(counted.refused == 1);
}

TEST_SUITE_END();
