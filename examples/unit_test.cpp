// SPDX-License-Identifier: MIT
//
// How to test your own code that needs tokens, without an agent, sockets or waiting: with the
// policies of arc_identity/testing. This uses doctest; any framework works.
//
//     g++ -std=c++17 -I ../include -pthread unit_test.cpp -o unit_test
//     ./unit_test

#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <arc_identity/arc_identity.hpp>
#include <arc_identity/testing/manual_clock.hpp>
#include <arc_identity/testing/memory_key_files.hpp>
#include <arc_identity/testing/scripted_transport.hpp>

#include <chrono>
#include <string>
#include <utility>

using namespace std::chrono_literals;

// --- Your code: it takes any credential ---

/// Sends reports, and keeps those that could not be sent.
template <class Credential>
class reporter {
 public:
  explicit reporter(Credential credential) : credential_(std::move(credential)) {}

  /// `post(text, authorization)` returns the status of the service.
  template <class Post>
  bool report(const std::string& text, Post post) {
    auto token = credential_.get_token("https://monitor.azure.com");
    if (!token) return keep(text, token.error().message());
    int status = post(text, token->authorization());
    if (status == 401) {  // The token was revoked: try once more with another one.
      token = credential_.force_refresh("https://monitor.azure.com", *token);
      if (!token) return keep(text, token.error().message());
      status = post(text, token->authorization());
    }
    return status == 200 || keep(text, "the service refuses it");
  }

  const std::string& kept() const { return kept_; }
  const std::string& last_problem() const { return last_problem_; }

 private:
  bool keep(const std::string& text, const char* problem) {
    kept_ += text;
    last_problem_ = problem;
    return false;
  }

  Credential credential_;
  std::string kept_;
  std::string last_problem_;
};

// --- Its test ---

using testing_credential = arc_identity::basic_credential<arc_identity::basic_client<
    arc_identity::testing::scripted_transport, arc_identity::testing::manual_clock,
    arc_identity::testing::memory_key_files>>;

struct world {
  arc_identity::testing::scripted_transport agent;  // copies share the script
  arc_identity::testing::manual_clock clock;
  arc_identity::testing::memory_key_files key_files;
  testing_credential credential{arc_identity::options{}, agent, clock, key_files};

  void agent_answers(const std::string& status_and_fields, const std::string& body) {
    agent.on_receive("HTTP/1.1 " + status_and_fields +
                     "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }

  /// A whole exchange: challenge, key, token.
  void agent_gives(const std::string& token) {
    const std::string path = "/var/opt/azcmagent/tokens/" + token + ".key";
    key_files.add(path, "key for " + token);
    agent_answers("401 Unauthorized\r\nWww-Authenticate: Basic realm=" + path, "");
    agent_answers("200 OK", R"({"access_token":")" + token + R"(","expires_in":"86400"})");
  }
};

TEST_CASE("a report goes out with the token") {
  world world;
  world.agent_gives("token-1");
  reporter reporter(world.credential);
  std::string sent_with;
  CHECK(reporter.report("cpu 7 %", [&](const std::string&, std::string_view authorization) {
    sent_with = authorization;
    return 200;
  }));
  CHECK(sent_with == "Bearer token-1");
}

TEST_CASE("a revoked token is replaced") {
  world world;
  world.agent_gives("token-1");
  world.agent_gives("token-2");
  reporter reporter(world.credential);
  CHECK(reporter.report("cpu 7 %", [](const std::string&, std::string_view authorization) {
    return authorization == "Bearer token-1" ? 401 : 200;
  }));
  CHECK(world.agent.is_over());
}

TEST_CASE("without a token the report is kept") {
  world world;
  world.agent_answers("403 Forbidden", R"({"error":"forbidden","error_description":"not you"})");
  reporter reporter(world.credential);
  CHECK(!reporter.report("cpu 7 %", [](const std::string&, std::string_view) { return 200; }));
  CHECK(reporter.kept() == "cpu 7 %");
  CHECK(reporter.last_problem().find("not you") != std::string::npos);
}

TEST_CASE("half a day later the token is a new one, and the test did not wait") {
  world world;
  world.agent_gives("token-1");
  world.agent_gives("token-2");
  reporter reporter(world.credential);
  std::string sent_with;
  const auto post = [&](const std::string&, std::string_view authorization) {
    sent_with = authorization;
    return 200;
  };
  CHECK(reporter.report("cpu 7 %", post));
  world.clock.advance(13h);
  CHECK(reporter.report("cpu 8 %", post));
  CHECK(sent_with == "Bearer token-2");
}
