// SPDX-License-Identifier: MIT
// The owner of the other end of a connection, with answers of old and new kernels, and the files
// that name users.

#include <cerrno>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <unistd.h>
#include <arc_identity/system/posix/peer_owner.hpp>

#include "support/temporary_directory.hpp"

namespace {

using namespace arc_identity::detail;
using arc_identity::file_owner;
using arc_identity::owner_status;
using arc_identity::peer_owner_result;

constexpr std::uint32_t himds = 998;
constexpr std::uint32_t mallory = 1001;

diag_answer accepted(std::uint32_t user) { return {0, tcp_state::established, 7777, user}; }
diag_answer listening(std::uint32_t user) { return {0, tcp_state::listening, 5555, user}; }
/// The answer for a connection that no process has. Linux 6.18 gives the listener's user, older
/// kernels 0.
diag_answer without_process(tcp_state state, std::uint32_t user) { return {0, state, 0, user}; }
diag_answer missing() { return {ENOENT}; }
diag_answer own() { return {0, tcp_state::established, 6666, 1000}; }

/// Gives the kernel's answers; each query of a kind gets the next of its kind, the last one
/// repeatedly.
struct kernel {
  std::vector<diag_answer> peer;
  std::vector<diag_answer> listener{};
  std::vector<diag_answer> own{};
  std::string questions{};

  diag_answer operator()(diag_question question) {
    questions += "PLO"[static_cast<int>(question)];
    std::vector<diag_answer>& script = question == diag_question::peer       ? peer
                                       : question == diag_question::listener ? listener
                                                                             : own;
    REQUIRE_FALSE(script.empty());
    const diag_answer next = script.front();
    if (script.size() > 1) script.erase(script.begin());
    return next;
  }
};

peer_owner_result find(kernel& answers) {
  return find_peer_owner([&answers](diag_question question) { return answers(question); });
}

void expect_user(std::uint32_t user, const std::string& questions, kernel answers) {
  const peer_owner_result found = find(answers);
  CHECK(found.status == owner_status::known);
  CHECK(found.user == user);
  CHECK(answers.questions == questions);
}

void expect(owner_status status, const std::string& questions, kernel answers, int error = 0) {
  const peer_owner_result found = find(answers);
  CHECK(found.status == status);
  CHECK(found.system_error == error);
  CHECK(answers.questions == questions);
}

}  // namespace

TEST_CASE("peer owner: one lookup finds the user who accepted a connection") {
  expect_user(himds, "P", {{accepted(himds)}});
  expect_user(mallory, "P", {{accepted(mallory)}});
  expect_user(mallory, "P", {{{0, tcp_state::close_wait, 7, mallory}}});
  // The peer has shut down its sending side, and still reads.
  expect_user(mallory, "P", {{{0, static_cast<tcp_state>(5), 7, mallory}}});
}

TEST_CASE("peer owner: a connection not accepted yet belongs to the listener's user") {
  for (const std::uint32_t claimed : {0U, mallory, himds}) {
    for (const tcp_state state : {tcp_state::established, tcp_state::syn_received}) {
      expect_user(mallory, "PLP", {{without_process(state, claimed)}, {listening(mallory)}});
      expect_user(himds, "PLP", {{without_process(state, claimed)}, {listening(himds)}});
    }
  }
}

TEST_CASE("peer owner: a connection accepted during the lookup belongs to its acceptor") {
  expect_user(himds, "PLP",
              {{without_process(tcp_state::established, 0), accepted(himds)}, {listening(0)}});
  // The attacker has accepted it and closed its listener, and the agent listens there now.
  expect_user(
      mallory, "PLP",
      {{without_process(tcp_state::established, 0), accepted(mallory)}, {listening(himds)}});
}

TEST_CASE("peer owner: no inode and no listener gives no owner, even if a user is shown") {
  const diag_answer waiting = without_process(tcp_state::established, 0);
  expect(owner_status::hidden, "PLP", {{waiting}, {missing()}}, ENOENT);
  expect(owner_status::hidden, "PLP", {{waiting}, {accepted(himds)}});
  expect(owner_status::hidden, "PLP", {{waiting}, {{0, tcp_state::listening, 0, 0}}});
  expect(owner_status::busy, "PLP", {{waiting}, {{ENOBUFS}}}, ENOBUFS);
}

TEST_CASE("peer owner: a closed connection has no reader and gives a retry") {
  for (const int state : {4, 5, 6, 7, 9, 11}) {
    for (const std::uint32_t claimed : {0U, himds}) {
      const diag_answer closed = without_process(static_cast<tcp_state>(state), claimed);
      expect(owner_status::busy, "PLP", {{closed}, {listening(himds)}}, ECONNRESET);
      expect(owner_status::busy, "PLP",
             {{without_process(tcp_state::established, 0), closed}, {listening(0)}}, ECONNRESET);
    }
  }
}

TEST_CASE("peer owner: a connection not found is hidden, unless our end is not found either") {
  for (const diag_answer& absent : {missing(), listening(himds)}) {
    expect(owner_status::hidden, "PO", {{absent}, {}, {own()}});
    expect(owner_status::unknown, "PO", {{absent}, {}, {missing()}});
    expect(owner_status::busy, "PO", {{absent}, {}, {without_process(tcp_state::close_wait, 0)}},
           ECONNRESET);
    expect(owner_status::busy, "PO", {{absent}, {}, {{ENOMEM}}}, ENOMEM);
  }
}

TEST_CASE("peer owner: the error of a lookup decides between unknown, failed and hidden") {
  for (const int error : {EAFNOSUPPORT, EPROTONOSUPPORT, EPERM, EACCES}) {
    expect(owner_status::unknown, "P", {{{error}}});
  }
  for (const int error : {EMFILE, ENFILE, ENOBUFS, ENOMEM}) {
    expect(owner_status::busy, "P", {{{error}}}, error);
  }
  for (const int error : {EINVAL, EPROTO, EAGAIN, ENOSYS, EBADF}) {
    expect(owner_status::hidden, "P", {{{error}}}, error);
  }
}

// --- Compared with the owner of the key file ---

namespace {

/// The files that name users, set by the test.
struct files {
  files(const std::string& passwd, const std::string& uid_map,
        const std::string& overflow = "65534\n")
      : passwd_(folder_.write("passwd", passwd)),
        uid_map_(folder_.write("uid_map", uid_map)),
        overflow_(folder_.write("overflowuid", overflow)) {}

  user_files names() const { return {passwd_.c_str(), uid_map_.c_str(), overflow_.c_str()}; }

 private:
  temporary_directory folder_;
  std::string passwd_;
  std::string uid_map_;
  std::string overflow_;
};

const std::string passwd =
    "root:x:0:0:root:/root:/bin/sh\n"
    "himds:x:998:998::/home:/bin/false\n";
const std::string all_users = "         0          0 4294967295\n";
const std::string some_users = "         0     100000      65536\n";

peer_owner_result compare(std::uint32_t peer, const file_owner& key_file, const files& given) {
  return compare_owners({owner_status::known, false, peer}, key_file, given.names());
}

}  // namespace

TEST_CASE("peer owner: root and himds count as the agent, checked only if owners differ") {
  const files given(passwd, all_users);
  CHECK(compare(0, {himds, true}, given).is_agent);
  CHECK(compare(himds, {0, true}, given).is_agent);
  CHECK(compare(himds, {}, given).is_agent);
  CHECK_FALSE(compare(mallory, {himds, true}, given).is_agent);
  CHECK_FALSE(compare(mallory, {}, given).is_agent);
  CHECK_FALSE(compare(himds, {himds, true}, given).is_agent);
  CHECK(compare(mallory, {himds, true}, given).status == owner_status::known);
}

TEST_CASE("peer owner: himds is looked up in /etc/passwd; without an entry no user matches") {
  const auto is_himds = [](std::uint32_t user, const std::string& text) {
    return compare(user, {}, files(text, all_users)).is_agent;
  };
  CHECK(is_himds(5, "himds:x:5:5::/:/bin/false\nhimds:x:6:6::/:/bin/false\n"));
  CHECK_FALSE(is_himds(6, "himds:x:5:5::/:/bin/false\nhimds:x:6:6::/:/bin/false\n"));
  CHECK_FALSE(is_himds(998, "root:x:0:0::/:/bin/sh\n"));
  CHECK_FALSE(is_himds(998, "himds2:x:998:998::/:/bin/sh\n"));
  for (const char* const number : {"many", "", "-1", "4294967295", "4294967296", "9e2"}) {
    const std::string line = "himds:x:" + std::string(number) + ":998::/:/bin/false\n";
    for (const std::uint32_t user : {998U, 4294967295U, 9U}) CHECK_FALSE(is_himds(user, line));
  }
  CHECK_FALSE(compare_owners({owner_status::known, false, 998}, {}, {"/nonexistent"}).is_agent);
}

TEST_CASE("peer owner: /etc/passwd with many and long lines is read to its end") {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "user" + std::to_string(i) + ":x:50000:1::/:/bin/sh\n";
  text += std::string(100'000, 'x') + '\n' + passwd;
  CHECK(compare(himds, {}, files(text, all_users)).is_agent);
}

TEST_CASE("peer owner: one unmapped owner is unknown if the namespace does not map all users") {
  constexpr std::uint32_t nobody = 65534;
  const auto status = [](std::uint32_t peer, std::uint32_t file, const std::string& uid_map,
                         const std::string& overflow = "65534\n") {
    return compare(peer, {file, true}, files(passwd, uid_map, overflow)).status;
  };
  for (const std::string& lacking :
       {some_users, std::string("0 1000 1\n"), std::string("0 0 65536\n"),
        std::string("0 0 1000\n1000 1000 4294966295\n"), std::string("1 0 4294967295\n")}) {
    CAPTURE(lacking);
    CHECK(status(nobody, 1000, lacking) == owner_status::unknown);
    CHECK(status(1000, nobody, lacking) == owner_status::unknown);
    CHECK(status(nobody, nobody, lacking) == owner_status::known);  // the same unmapped user
    CHECK(status(0, nobody, lacking) == owner_status::known);       // one is root of the namespace
    CHECK(status(1000, 1001, lacking) == owner_status::known);
    CHECK(status(77, 1000, lacking, "77\n") == owner_status::unknown);
    CHECK(status(nobody, 1000, lacking, "77\n") == owner_status::known);
  }
  CHECK(status(nobody, 1000, all_users) == owner_status::known);
  CHECK(status(1000, nobody, all_users) == owner_status::known);
  CHECK(status(nobody, 1000, "") == owner_status::known);  // no user namespaces at all
}

TEST_CASE("peer owner: an unknown owner stays unknown, and no file is read") {
  for (const owner_status status :
       {owner_status::unknown, owner_status::hidden, owner_status::busy}) {
    const peer_owner_result peer = compare_owners({status, false, 0, 5}, {0, true}, {});
    CHECK(peer.status == status);
    CHECK_FALSE(peer.is_agent);
    CHECK(peer.system_error == 5);
  }
}
