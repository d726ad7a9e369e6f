// SPDX-License-Identifier: MIT
//
// The decisions of `serve`: which client gets which token. tests/serve tests the program over real
// sockets.

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include <arc_identity/access_token.hpp>

#include "serve/access_rules.hpp"
#include "serve/env_file.hpp"
#include "serve/ip_address.hpp"
#include "serve/refusal_log.hpp"
#include "serve/serve_command.hpp"
#include "serve/serve_options.hpp"
#include "serve/token_service.hpp"
#include "support/temporary_directory.hpp"

namespace {

using namespace arc_identity_cli;
using arc_identity::errc;
using arc_identity::managed_identity_id;
using arc_identity::token_request;
using place = client_origin::place;

const std::string right(64, 'a');

client_origin client(const char* address, place where, std::optional<std::uint32_t> user = {}) {
  return {{*parse_address(address), 4711}, where, user};
}

client_origin local_client() { return client("127.0.0.1", place::here, 1000); }

serve_request valid_request(serve_protocol protocol = serve_protocol::app_service) {
  serve_request request;
  request.method = "GET";
  request.path = token_path(protocol);
  request.query = {{"api-version", "2019-08-01"}, {"resource", "https://x"}};
  request.secret = right;
  request.metadata = "true";
  request.host = "127.0.0.1:80";
  return request;
}

arc_identity::result<arc_identity::access_token> token_of(const token_request& request) {
  return arc_identity::access_token::make("to\"ken", request.resource,
                                          std::chrono::seconds(4102444800));
}

arc_identity::result<arc_identity::access_token> fail_with(errc code, int status = 0,
                                                           std::uint32_t retry_after = 0) {
  arc_identity::detail::failure failure;
  failure.code = code;
  failure.what = "what went wrong";
  failure.http_status = status;
  failure.retry_after = retry_after;
  return failure;
}

token_service service_of(serve_protocol protocol = serve_protocol::app_service,
                         access_rules rules = {}, token_service::token_source source = token_of) {
  return {protocol, std::move(rules), right, std::move(source)};
}

serve_answer answer_of(const serve_request& request) {
  token_service service = service_of();
  return service.answer(request, local_client());
}

serve_answer answer_to_failure(errc code, int status = 0, std::uint32_t retry_after = 0) {
  token_service service = service_of(serve_protocol::app_service, {}, [=](const token_request&) {
    return fail_with(code, status, retry_after);
  });
  return service.answer(valid_request(), local_client());
}

serve_command_options parsed(std::vector<std::string> arguments) {
  CLI::App app("", "arc-identity");
  serve_command_options options;
  add_serve_options(*app.add_subcommand("serve"), options);
  arguments.insert(arguments.begin(), "serve");
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 expects them
  app.parse(arguments);
  return options;
}

}  // namespace

TEST_SUITE_BEGIN("serve");

TEST_CASE("serve: invalid addresses and networks are refused") {
  CHECK(text_of(*parse_socket_address("127.0.0.1:80")) == "127.0.0.1:80");
  CHECK(text_of(*parse_socket_address("[::1]:0")) == "[::1]:0");
  for (const char* wrong : {"", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:x",
                            "localhost:80", "::1:80", "[127.0.0.1]:80", "[]:80", "127.1:80"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_socket_address(wrong));
  }
  for (const char* wrong : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x",
                            "fd00::/129", "10.0.0/8", "::ffff:10.0.0.0/104"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_network(wrong));
  }
  sockaddr_storage name{};
  const socket_address ipv6 = *parse_socket_address("[fd00::7]:80");
  to_system(ipv6, name);
  CHECK(from_system(name) == ipv6);
}

TEST_CASE("serve: a network contains exactly its addresses") {
  const auto contains = [](const char* network, const char* address) {
    return parse_network(network)->contains(*parse_address(address));
  };
  CHECK(contains("172.17.0.0/16", "172.17.255.255"));
  CHECK_FALSE(contains("172.17.0.0/16", "172.18.0.0"));
  CHECK(contains("10.0.0.7", "10.0.0.7"));
  CHECK_FALSE(contains("10.0.0.7", "10.0.0.6"));
  CHECK(contains("10.0.0.128/25", "10.0.0.255"));
  CHECK_FALSE(contains("10.0.0.128/25", "10.0.0.127"));
  CHECK(contains("0.0.0.0/0", "8.8.8.8"));
  CHECK_FALSE(contains("0.0.0.0/0", "fd00::1"));
  CHECK(contains("fd00::/8", "fdff::1"));
  CHECK_FALSE(contains("fd00::/8", "10.0.0.1"));
}

TEST_CASE("serve: loopback addresses are recognized") {
  for (const char* yes : {"127.0.0.1", "127.255.0.3", "::1", "::ffff:127.0.0.1"}) {
    CHECK(parse_address(yes)->is_loopback());
  }
  for (const char* no : {"128.0.0.1", "::", "::2", "0.0.0.0", "1::1"}) {
    CHECK_FALSE(parse_address(no)->is_loopback());
  }
  CHECK(parse_address("0.0.0.0")->is_any());
  CHECK(parse_address("::")->is_any());
  CHECK_FALSE(parse_address("::1")->is_any());
}

TEST_CASE("serve: local clients need user or secret, remote ones a network, unknown get none") {
  access_rules rules;
  const client_origin unknown_user = client("127.0.0.1", place::here);
  const client_origin container = client("172.17.0.2", place::elsewhere);
  const client_origin on_bridge = client("172.17.0.1", place::here, 1000);
  const client_origin unknown = client("172.17.0.2", place::unknown);

  CHECK(rules.refuse_client(local_client()) == "");
  CHECK(rules.refuse_client(unknown_user) == "");
  CHECK(rules.refuse_client(container) != "");
  CHECK(rules.refuse_client(unknown) != "");
  rules.networks = {*parse_network("172.17.0.0/16")};
  CHECK(rules.refuse_client(container) == "");
  CHECK(rules.refuse_client(client("172.18.0.2", place::elsewhere)) != "");
  CHECK(rules.refuse_client(unknown) != "");
  CHECK(rules.refuse_client(on_bridge) == "");
  rules.has_secret = false;
  CHECK(rules.refuse_client(on_bridge) != "");
  CHECK(rules.refuse_client(local_client()) != "");
  CHECK(rules.refuse_client(container) == "");
  rules.users = {999, 1000};
  CHECK(rules.refuse_client(on_bridge) == "");
  CHECK(rules.refuse_client(local_client()) == "");
  CHECK(rules.refuse_client(unknown_user) != "");
  CHECK(rules.refuse_client(client("127.0.0.1", place::here, 0)) != "");
}

TEST_CASE("serve: allow lists limit resources and identities") {
  access_rules rules;
  CHECK(rules.refuse_token("https://a") == "");
  rules.resources = {"https://a/.default", "https://b/"};
  for (const char* yes : {"https://a", "https://a/", "https://a/.default", "https://b"}) {
    CHECK(rules.refuse_token(yes) == "");
  }
  for (const char* no : {"https://a//", "https://A", "https://ab", "https://c", ""}) {
    CHECK(rules.refuse_token(no) != "");
  }
  rules.resources.clear();
  rules.client_ids = {"ABC"};
  CHECK(rules.refuse_token({"r", managed_identity_id::client_id("abc")}) == "");
  CHECK(rules.refuse_token({"r", managed_identity_id::client_id("abd")}) != "");
  CHECK(rules.refuse_token({"r", managed_identity_id::object_id("abc")}) != "");
  CHECK(rules.refuse_token({"r", managed_identity_id::resource_id("abc")}) != "");
  CHECK(rules.refuse_token("r") != "");
  rules.client_ids = {access_rules::machine};
  CHECK(rules.refuse_token("r") == "");
  CHECK(rules.refuse_token({"r", managed_identity_id::client_id(access_rules::machine)}) != "");
}

TEST_CASE("serve: token responses of both protocols") {
  token_service service = service_of();
  serve_request request = valid_request();
  serve_answer answer = service.answer(request, local_client());
  CHECK(answer.status == 200);
  CHECK(answer.body ==
        "{\"access_token\":\"to\\\"ken\",\"expires_on\":\"4102444800\","
        "\"resource\":\"https://x\",\"token_type\":\"Bearer\"}");
  CHECK(answer.note == "https://x");
  request.query.emplace("principal_id", "me");
  answer = service.answer(request, local_client());
  CHECK(answer.body.find(",\"object_id\":\"me\"}") != std::string::npos);
  CHECK(answer.note == "https://x object_id=me");

  token_service imds = service_of(serve_protocol::imds, {false, {1000}, {}, {}, {}});
  answer = imds.answer(valid_request(serve_protocol::imds), local_client());
  CHECK(answer.status == 200);
  CHECK(answer.body.find("\"expires_in\":\"") != std::string::npos);
}

TEST_CASE("serve: each kind of invalid request is refused without asking the agent") {
  const auto status_after = [](void (*change)(serve_request&)) {
    serve_request request = valid_request();
    change(request);
    return answer_of(request).status;
  };
  CHECK(status_after([](serve_request&) {}) == 200);
  CHECK(status_after([](serve_request& r) { r.secret = ""; }) == 401);
  CHECK(status_after([](serve_request& r) { r.secret.back() = 'b'; }) == 401);
  CHECK(status_after([](serve_request& r) { r.secret.front() = 'b'; }) == 401);
  CHECK(status_after([](serve_request& r) { r.secret += 'a'; }) == 401);
  CHECK(status_after([](serve_request& r) { r.is_forwarded = true; }) == 400);
  CHECK(status_after([](serve_request& r) { r.path += "//"; }) == 404);
  CHECK(status_after([](serve_request& r) { r.path += '/'; }) == 200);
  CHECK(status_after([](serve_request& r) { r.path = ""; }) == 404);
  CHECK(status_after([](serve_request& r) { r.method = "POST"; }) == 405);
  CHECK(status_after([](serve_request& r) { r.query.erase("api-version"); }) == 400);
  CHECK(status_after([](serve_request& r) { r.query.erase("resource"); }) == 400);
  CHECK(status_after([](serve_request& r) { r.query.emplace("resource", "y"); }) == 400);
  CHECK(status_after([](serve_request& r) {
          r.query.erase("resource");
          r.query.emplace("resource", "a b");
        }) == 400);
  CHECK(status_after([](serve_request& r) {
          r.query.emplace("client_id", "a");
          r.query.emplace("mi_res_id", "b");
        }) == 400);
  CHECK(status_after([](serve_request& r) { r.query.emplace("client_id", ""); }) == 400);

  token_service imds = service_of(serve_protocol::imds, {false, {1000}, {}, {}, {}});
  serve_request probe = valid_request(serve_protocol::imds);
  probe.metadata = "";
  CHECK(imds.answer(probe, local_client()).status == 400);
  for (const auto& each : std::vector<std::pair<const char*, int>>{{"169.254.169.254", 200},
                                                                   {"[::1]:80", 200},
                                                                   {"[::1]", 200},
                                                                   {"localhost", 200},
                                                                   {"localhost:80", 200},
                                                                   {"", 400},
                                                                   {"localhost.example", 400},
                                                                   {"10.0.0.1.example:80", 400}}) {
    CAPTURE(each.first);
    serve_request request = valid_request(serve_protocol::imds);
    request.host = each.first;
    CHECK(imds.answer(request, local_client()).status == each.second);
  }
}

TEST_CASE("serve: temporary failures of the agent give 503 with Retry-After, others do not") {
  for (const errc code : {errc::connection_refused, errc::timed_out, errc::agent_unavailable,
                          errc::connection_lost, errc::not_arc_server}) {
    const serve_answer answer = answer_to_failure(code);
    CHECK(answer.status == 503);
    CHECK(answer.retry_after == std::chrono::seconds(1));
    CHECK(answer.body.find("what went wrong") != std::string::npos);
  }
  CHECK(answer_to_failure(errc::agent_unavailable, 429, 7000).retry_after ==
        std::chrono::seconds(7));
  CHECK(answer_to_failure(errc::identity_not_found, 404).status == 400);
  CHECK(answer_to_failure(errc::request_refused, 400).status == 400);
  CHECK(answer_to_failure(errc::request_refused, 403).status == 403);
  CHECK(answer_to_failure(errc::key_file_denied).status == 500);
  CHECK(answer_to_failure(errc::key_file_denied).retry_after == std::chrono::seconds(0));
}

TEST_CASE("serve: the number of resources is bounded, and unused ones are dropped") {
  request_limit limit;
  request_limit::time now{};
  for (std::size_t i = 0; i < request_limit::most; ++i) CHECK(limit.admit(std::to_string(i), now));
  CHECK_FALSE(limit.admit("new", now));
  CHECK(limit.admit("0", now + std::chrono::seconds(30)));
  CHECK_FALSE(limit.admit("new", now + std::chrono::seconds(59)));
  CHECK(limit.admit("new", now + std::chrono::seconds(60)));
  CHECK(limit.admit("0", now + std::chrono::seconds(60)));
}

TEST_CASE("serve: lists do not swallow the command, and rules that allow anyone are refused") {
  const serve_command_options options =
      parsed({"--allow-user", "a", "--allow-user=b", "--allow-network", "10.0.0.0/8",
              "--allow-resource", "r", "--allow-client-id", "c", "--", "program", "--listen", "x"});
  CHECK(options.users == std::vector<std::string>{"a", "b"});
  CHECK(options.networks == std::vector<std::string>{"10.0.0.0/8"});
  CHECK(options.resources == std::vector<std::string>{"r"});
  CHECK(options.client_ids == std::vector<std::string>{"c"});
  CHECK(options.command == std::vector<std::string>{"program", "--listen", "x"});
  CHECK(check_together(options) == "");
  CHECK(check_together(parsed({"--", "program"})) == "");
  CHECK(check_together(parsed({})) != "");
  CHECK(check_together(parsed({"--env-file", "f"})) == "");
  CHECK(check_together(parsed({"--protocol", "imds"})) != "");
  CHECK(check_together(parsed({"--protocol", "imds", "--allow-user", "a"})) == "");
  CHECK(check_together(parsed({"--env-file", "f", "--listen", "10.0.0.1:80"})) != "");
  CHECK(check_together(parsed({"--env-file", "f", "--listen", "[::]:80"})) != "");
  CHECK(check_together(parsed({"--env-file", "f", "--listen", "127.0.0.2:80"})) == "");
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{"--listen", "80"},
                                             {"--protocol", "aks"},
                                             {"--allow-network", "x"},
                                             {"--group", "g"},
                                             {"--allow-user", ""}}) {
    CHECK_THROWS_AS(parsed(wrong), CLI::ParseError);
  }
}

TEST_CASE("serve: the --env-file is reused unless other users could have written it") {
  const temporary_directory folder;
  const std::string path = folder.path() + "/env";
  std::string problem;
  CHECK(read_env_file(path, problem).empty());
  CHECK(problem == "");
  const command_variables variables = {{"A", "1=2"}, {"B", ""}};
  CHECK(write_env_file(path, variables, {}) == "");
  CHECK(read_env_file(path, problem) == variables);
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0600);
  CHECK(write_env_file(path, variables, ::getegid()) == "");
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0640);
  CHECK(problem == "");

  REQUIRE(::chmod(path.c_str(), 0660) == 0);
  CHECK(read_env_file(path, problem).empty());
  CHECK(problem.find("other users can write to it") != std::string::npos);
  CHECK(read_env_file(folder.path(), problem).empty());
  CHECK(problem.find("not a regular file") != std::string::npos);
  CHECK(write_env_file(folder.path() + "/none/env", variables, {}) != "");
}

TEST_CASE("serve: the number of log lines per second is limited") {
  std::FILE* const file = std::tmpfile();
  REQUIRE(file != nullptr);
  refusal_log log(file);
  for (int i = 0; i < 10 * refusal_log::most_per_second; ++i) log.write("x");
  std::rewind(file);
  int lines = 0;
  for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) lines += c == '\n' ? 1 : 0;
  std::fclose(file);
  CHECK(lines >= refusal_log::most_per_second);
  CHECK(lines <= 3 * refusal_log::most_per_second);  // a new second may begin meanwhile
}

TEST_SUITE_END();
