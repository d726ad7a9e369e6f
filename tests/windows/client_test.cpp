// SPDX-License-Identifier: MIT
// The whole exchange on Windows with real sockets, clocks and key files, and a minimal agent.

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>
#include <arc_identity/arc_identity.hpp>

#include "support/agent_texts.hpp"
#include "support/raw_agent.hpp"
#include "temporary_folder.hpp"

namespace {

using namespace std::chrono_literals;
using arc_identity::errc;

/// Challenges, and gives a token for the key, over one connection.
class small_agent {
 public:
  explicit small_agent(const std::string& realm)
      : agent_([this, realm](raw_connection& connection, std::size_t) {
          first_ = connection.read_request();
          connection.send(agent_texts::challenge(realm));
          second_ = connection.read_request();
          if (!second_.empty()) connection.send(agent_texts::token_response());
        }) {}

  std::string endpoint() const { return agent_.url("localhost"); }
  const std::string& second_request() const { return second_; }
  std::size_t connections() const { return agent_.connections(); }

 private:
  std::string first_;
  std::string second_;
  raw_agent agent_;
};

struct attempt {
  attempt(const std::string& endpoint, const std::string& directory) {
    arc_identity::options options;
    options.endpoint = endpoint;
    options.key_directory = directory;
    options.max_attempts = 1;
    arc_identity::client client(options);
    const auto token = client.get_token({"https://vault.azure.net"}, workspace);
    if (token) {
      secret = std::string(token->access_token);
    } else {
      code = token.error().code();
      message = token.error().message();
    }
  }

  char workspace[16 * 1024];
  std::string secret{};
  errc code{};
  std::string message{};
};

}  // namespace

TEST_CASE("client, Windows: a whole exchange gives a token") {
  const temporary_folder folder;
  const std::string path = folder.write("0b1c.key", "the key\r\n");
  const small_agent agent(path);
  const attempt got(agent.endpoint(), folder.path());
  CHECK(got.message == "");
  CHECK(got.secret != "");
  CHECK(agent.second_request().find("\r\nAuthorization: Basic the key\r\n") != std::string::npos);
}

TEST_CASE("client, Windows: the agent may write the directory in another case") {
  const temporary_folder folder;
  std::string path = folder.write("0b1c.KEY", "the key");
  for (char& c : path) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  const small_agent agent(path);
  CHECK(attempt(agent.endpoint(), folder.path() + '\\').secret != "");
}

TEST_CASE("client, Windows: a rejected key path is not opened") {
  const temporary_folder folder;
  folder.write("a.txt", "text");
  const temporary_folder other;
  for (const std::string& path :
       {other.write("a.key", "key"), folder.path("NUL.key"), folder.path("a.txt:b.key"),
        folder.path("..\\a.key"), "\\\\?\\" + folder.path("a.key"), folder.path("SECRET~1.key")}) {
    CAPTURE(path);
    const small_agent agent(path);
    const attempt got(agent.endpoint(), folder.path());
    CHECK(got.code == errc::key_path_rejected);
  }
}

TEST_CASE("client, Windows: a POSIX key directory is refused") {
  const small_agent agent("/tokens/a:b.key");
  const attempt got(agent.endpoint(), "/tokens");
  CHECK(got.code == errc::key_file_invalid);
  CHECK(got.message.find("absolute Windows path") != std::string::npos);
}

TEST_CASE("client, Windows: a silent agent gives timed_out") {
  const raw_agent agent(
      [](raw_connection& connection, std::size_t) { connection.wait_for_client_to_close(); });
  arc_identity::options options;
  const std::string endpoint = agent.url();
  options.endpoint = endpoint;
  options.total_timeout = 400ms;
  arc_identity::client client(options);
  char workspace[16 * 1024];
  const auto begin = std::chrono::steady_clock::now();
  const auto token = client.get_token({"https://vault.azure.net"}, workspace);
  REQUIRE_FALSE(token);
  CHECK(token.error().code() == errc::timed_out);
  CHECK(std::chrono::steady_clock::now() - begin < 1500ms);
}

TEST_CASE("client, Windows: verify_agent fails closed") {
  const temporary_folder folder;
  const raw_agent agent([](raw_connection& connection, std::size_t) {
    connection.wait_for_client_to_close();
    CHECK(connection.unread() == "");
  });
  arc_identity::options options;
  const std::string endpoint = agent.url();
  options.endpoint = endpoint;
  options.verify_agent = true;
  arc_identity::client client(options);
  char workspace[16 * 1024];
  const auto token = client.get_token({"https://vault.azure.net"}, workspace);
  REQUIRE_FALSE(token);
  CHECK(token.error().code() == errc::agent_not_verified);
}

TEST_CASE("client, Windows: threads sharing a credential make one request") {
  const temporary_folder folder;
  const small_agent agent(folder.write("0b1c.key", "the key"));
  const std::string endpoint = agent.endpoint();
  arc_identity::options options;
  options.endpoint = endpoint;
  options.key_directory = folder.path();
  arc_identity::credential credential(options);
  std::atomic<int> tokens{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const auto token = credential.get_token("https://vault.azure.net");
      if (token && !token->secret().empty()) ++tokens;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(tokens == 8);
  CHECK(agent.connections() == 1);
}
