// SPDX-License-Identifier: MIT
//
// After a token was obtained and dropped, neither it nor its key is in the process's memory: not in
// the workspace, on the stack, or in freed heap memory.
//
// Each case runs in a separate process, because earlier calls matter: the dynamic linker saves
// registers on the stack when a function is called for the first time.

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <future>
#include <optional>
#include <random>
#include <string>
#include <thread>

#include <arc_identity/arc_identity.hpp>

#include "memory_scan.hpp"
#include "support/agent_texts.hpp"
#include "support/child_process.hpp"
#include "support/raw_agent.hpp"
#include "support/temporary_directory.hpp"

namespace {

constexpr std::size_t key_size = 64;
constexpr std::size_t token_size = 1500;

/// An agent in a separate process, so that this one does not know the secrets before it requests
/// them.
class foreign_agent {
 public:
  /// The answer to a request with a key.
  using answer = std::function<std::string(const std::string& token)>;

  explicit foreign_agent(const answer& answer_to_key)
      : child_([&](int, int out) { serve(answer_to_key, out); }),
        endpoint_(child_.read_line()),
        key_(child_.read_line()),
        token_(child_.read_line()) {}

  const std::string& endpoint() const { return endpoint_; }
  const std::string& key_directory() const { return directory_.path(); }

  /// The remnants of the secrets in this process.
  std::string remnants_of_key() const { return memory_scan(key_).find(); }
  std::string remnants_of_token() const { return memory_scan(token_).find(); }

 private:
  static std::string random_text(std::size_t size) {
    constexpr char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    std::random_device random;
    std::string text;
    while (text.size() < size) text += letters[random() % (sizeof letters - 1)];
    return text;
  }

  void serve(const answer& answer_to_key, int out) const {
    const std::string key = random_text(key_size);
    const std::string token = random_text(token_size);
    const std::string challenge = agent_texts::challenge(directory_.write("secret.key", key));
    const std::string response = answer_to_key(token);
    const raw_listener listener;
    const std::string report =
        listener.url() + "\n" + disguised(key) + "\n" + disguised(token) + "\n";
    if (::write(out, report.data(), report.size()) < 0) return;
    const auto serve_one = [&](raw_connection& connection, std::size_t) {
      for (std::string request = connection.read_request(); !request.empty();
           request = connection.read_request()) {
        const bool has_key = agent_texts::contains(request, key);
        connection.send(has_key ? response : challenge);
      }
    };
    listener.serve(serve_one);
  }

  const temporary_directory directory_;
  const child_process child_;
  const std::string endpoint_;
  const std::string key_;  ///< disguised, like the next one
  const std::string token_;
};

std::string answer_with_token(const std::string& token) {
  const std::string body = agent_texts::token_body("", token);
  return agent_texts::response(200, "", body);
}

/// Runs `use` in a separate thread, and `look` while that thread still exists: remnants on its
/// stack have not been overwritten.
void look_after(const std::function<void()>& use, const std::function<void()>& look) {
  std::promise<void> used;
  std::promise<void> looked;
  std::thread user([&] {
    use();
    used.set_value();
    looked.get_future().wait();
  });
  used.get_future().wait();
  look();
  looked.set_value();
  user.join();
}

void expect_no_remnants(const foreign_agent& agent) {
  CHECK(agent.remnants_of_key() == "");
  CHECK(agent.remnants_of_token() == "");
}

arc_identity::options options_for(const foreign_agent& agent, const std::string& endpoint) {
  arc_identity::options options;
  options.endpoint = endpoint;
  options.key_directory = agent.key_directory();
  return options;
}

constexpr const char* vault = "https://vault.azure.net";

}  // namespace

#if MEMORY_SCAN_IS_POSSIBLE

TEST_CASE("control: the search finds a token in use and a cached one") {
  const foreign_agent agent(answer_with_token);
  const std::string endpoint = agent.endpoint();
  arc_identity::credential credential(options_for(agent, endpoint));
  {
    const auto token = credential.get_token(vault);
    REQUIRE(token);
    CHECK(agent_texts::contains(agent.remnants_of_token(), "1500 bytes"));
    CHECK(agent.remnants_of_key() == "");
  }
  CHECK(agent_texts::contains(agent.remnants_of_token(), "1500 bytes"));
}

TEST_CASE("credential: no secret is left") {
  const foreign_agent agent(answer_with_token);
  const std::string endpoint = agent.endpoint();
  look_after(
      [&] {
        arc_identity::credential credential(options_for(agent, endpoint));
        const auto token = credential.get_token(vault);
        CHECK(token);
        const auto copy = *token;
        CHECK(copy.secret().size() == token_size);
        CHECK(credential.force_refresh(vault));
      },
      [&] { expect_no_remnants(agent); });
}

TEST_CASE("client: secrets are left only in the workspace") {
  const foreign_agent agent(answer_with_token);
  const std::string endpoint = agent.endpoint();
  look_after(
      [&] {
        arc_identity::client client(options_for(agent, endpoint));
        char workspace[16 * 1024];
        const auto token = client.get_token({vault}, workspace);
        REQUIRE(token);
        CHECK(token->access_token.size() == token_size);
        arc_identity::wipe(workspace);
      },
      [&] { expect_no_remnants(agent); });
}

TEST_CASE("refused: no part of a refused token is left") {
  const auto expired = [](const std::string& token) {
    return agent_texts::response(200, "", R"({"access_token":")" + token + R"(","expires_in":0})");
  };
  const foreign_agent agent(expired);
  const std::string endpoint = agent.endpoint();
  look_after(
      [&] {
        arc_identity::credential credential(options_for(agent, endpoint));
        CHECK(!credential.get_token(vault));
        arc_identity::client client(options_for(agent, endpoint));
        char workspace[16 * 1024];
        CHECK(!client.get_token({vault}, workspace));
      },
      [&] { expect_no_remnants(agent); });
}

TEST_CASE("chunks: no part of a chunked token with an escape is left") {
  const auto chunked = [](const std::string& token) {
    std::string body = agent_texts::token_body(R"(,"x":")" + std::string(300, 'x') + '"', token);
    body.replace(body.find(token), 1, std::string("\\u00") + "7a");
    std::string response = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (std::size_t at = 0; at < body.size(); at += 100) {
      const std::string part = body.substr(at, 100);
      char size[8];
      std::snprintf(size, sizeof size, "%zx\r\n", part.size());
      response += size + part + "\r\n";
    }
    return response + "0\r\n\r\n";
  };
  const foreign_agent agent(chunked);
  const std::string endpoint = agent.endpoint();
  look_after(
      [&] {
        arc_identity::credential credential(options_for(agent, endpoint));
        CHECK(credential.get_token(vault));
      },
      [&] { expect_no_remnants(agent); });
}

TEST_CASE("cut: no part of a rejected key or a truncated token is left") {
  for (const std::string& response :
       {agent_texts::failure(403, "denied", "not for you"), agent_texts::challenge("/no.key")}) {
    const foreign_agent agent([&](const std::string&) { return response; });
    const std::string endpoint = agent.endpoint();
    look_after(
        [&] {
          arc_identity::credential credential(options_for(agent, endpoint));
          CHECK(!credential.get_token(vault));
        },
        [&] { expect_no_remnants(agent); });
  }
  const foreign_agent agent(
      [](const std::string& token) { return answer_with_token(token).substr(0, token_size); });
  const std::string endpoint = agent.endpoint();
  look_after(
      [&] {
        arc_identity::options options = options_for(agent, endpoint);
        options.total_timeout = std::chrono::milliseconds(500);
        arc_identity::credential credential(options);
        CHECK(!credential.get_token(vault));
      },
      [&] { expect_no_remnants(agent); });
}

#else

TEST_CASE("control: credential: client: refused: chunks: cut:") {
  MESSAGE("freed memory cannot be examined with this sanitizer");
}

#endif
