// SPDX-License-Identifier: MIT

#include <doctest/doctest.h>
#include <unistd.h>
#include <arc_identity/system/posix/listener_check.hpp>

#include <cstdio>
#include <string>

using arc_identity::system::detail::listener_check;

namespace {

/// A file with this text, for as long as the object lives.
class text_file {
 public:
  explicit text_file(const std::string& text) {
    const int handle = ::mkstemp(path_);
    REQUIRE(handle >= 0);
    REQUIRE(::write(handle, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    ::close(handle);
  }
  ~text_file() { std::remove(path_); }
  text_file(const text_file&) = delete;
  text_file& operator=(const text_file&) = delete;
  const char* path() const { return path_; }

 private:
  char path_[40] = "/tmp/listener-check-test-XXXXXX";
};

const std::string head =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout\n";

/// A line of /proc/net/tcp; port 40342 is 9D96.
std::string line(const std::string& local, const std::string& state, const std::string& user) {
  return "   0: " + local + " 00000000:0000 " + state + " 00000000:00000000 00:00000000 00000000 " +
         user + "        0 21436 1 0000000000000000 100 0 0 10 0\n";
}

std::string verdict(const std::string& tcp, const std::string& tcp6 = head,
                    const std::string& passwd =
                        "root:x:0:0:root:/root:/bin/sh\n"
                        "himds:x:998:998::/home:/bin/false\n") {
  const text_file tcp_file(tcp);
  const text_file tcp6_file(tcp6);
  const text_file passwd_file(passwd);
  arc_identity::loopback_address peer;
  peer.port = 40342;
  const char* const text =
      listener_check(tcp_file.path(), tcp6_file.path(), passwd_file.path()).check(peer);
  return text == nullptr ? "trusted" : text;
}

const std::string stranger = "another user than root or himds listens at the agent's port";
const std::string unknown = "it cannot be told who listens at the agent's port";

}  // namespace

TEST_CASE("root and himds may listen at the agent's port") {
  CHECK(verdict(head + line("0100007F:9D96", "0A", "    0")) == "trusted");
  CHECK(verdict(head + line("0100007F:9D96", "0A", "  998")) == "trusted");
  CHECK(verdict(head + line("00000000:9D96", "0A", "  998")) == "trusted");
  CHECK(verdict(head, head + line("00000000000000000000000001000000:9D96", "0A", "998")) ==
        "trusted");
}

TEST_CASE("any other user may not") {
  CHECK(verdict(head + line("0100007F:9D96", "0A", " 1000")) == stranger);
  CHECK(verdict(head + line("0100007F:9D96", "0A", "  998"), head, "root:x:0:0::/:/bin/sh\n") ==
        stranger);
  CHECK(verdict(head, head + line("00000000000000000000000000000000:9D96", "0A", "1000")) ==
        stranger);
  CHECK(verdict(head + line("0100007F:9D96", "0A", "not-a-number")) == stranger);
}

TEST_CASE("a stranger beside the agent is one too many") {
  CHECK(verdict(head + line("0100007F:9D96", "0A", "0") + line("00000000:9D96", "0A", "1000")) ==
        stranger);
}

TEST_CASE("other ports and other states say nothing") {
  CHECK(verdict(head) == unknown);
  CHECK(verdict("") == unknown);
  CHECK(verdict(head + line("0100007F:9D97", "0A", "0")) == unknown);
  CHECK(verdict(head + line("0100007F:9D96", "01", "0")) == unknown);
  CHECK(verdict(head + line("0100007F:9D96", "0A", "0") + line("0100007F:9D96", "01", "1000")) ==
        "trusted");
}

TEST_CASE("a table of many sockets is read to its end") {
  std::string table = head;
  for (int i = 0; i < 500; ++i) table += line("0100007F:0050", "0A", "33");
  CHECK(verdict(table) == unknown);
  CHECK(verdict(table + line("0100007F:9D96", "0A", "0")) == "trusted");
  CHECK(verdict(table + line("0100007F:9D96", "0A", "1000")) == stranger);
}

TEST_CASE("a line of absurd length is no listener and no hang") {
  CHECK(verdict(std::string(100'000, 'x')) == unknown);
  CHECK(verdict(head + std::string(100'000, 'x') + "\n" + line("0100007F:9D96", "0A", "0")) ==
        "trusted");
}

TEST_CASE("what is no port is no listener's") {
  CHECK(verdict(head + line("0100007F:ZZZZ", "0A", "0")) == unknown);
  CHECK(verdict(head + line("0100007F:09D96", "0A", "0")) == unknown);
  CHECK(verdict(head + line("0100007F", "0A", "0")) == unknown);
}

TEST_CASE("a himds without a number is nobody") {
  CHECK(verdict(head + line("0100007F:9D96", "0A", "998"), head,
                "himds:x:many:998::/:/bin/false\n") == stranger);
}

TEST_CASE("the id of no user is nobody's, whoever is said to have it") {
  const std::string nobody = "himds:x:4294967295:998::/:/bin/false\n";
  CHECK(verdict(head + line("0100007F:9D96", "0A", "4294967295"), head, nobody) == stranger);
  CHECK(verdict(head + line("0100007F:9D96", "0A", "4294967296"), head, nobody) == stranger);
  CHECK(verdict(head + line("0100007F:9D96", "0A", "not-a-number"), head, nobody) == stranger);
}

TEST_CASE("a line that ends before its user is nobody's") {
  CHECK(verdict(head + "   0: 0100007F:9D96 00000000:0000 0A\n") == stranger);
  CHECK(verdict(head + "   0: 0100007F:9D96 00000000:0000\n") == unknown);
}

TEST_CASE("where there is no IPv6, one table is enough; one that cannot be read is not") {
  const text_file table(head + line("0100007F:9D96", "0A", "0"));
  arc_identity::loopback_address peer;
  peer.port = 40342;
  CHECK(listener_check(table.path(), "/nonexistent", "/nonexistent").check(peer) == nullptr);
  CHECK(listener_check(table.path(), "/", "/").check(peer) != nullptr);
  CHECK(listener_check("/nonexistent", table.path(), "/nonexistent").check(peer) != nullptr);
}

TEST_CASE("no table at all is told") {
  arc_identity::loopback_address peer;
  const char* const text =
      listener_check("/nonexistent/tcp", "/nonexistent/tcp6", "/nonexistent/passwd").check(peer);
  REQUIRE(text != nullptr);
  CHECK(std::string(text) == "it cannot be told who listens: /proc/net is not readable");
}
