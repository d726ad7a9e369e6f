// SPDX-License-Identifier: MIT
// Programs of other users on the agent's port, over real sockets: relays and squatters get no key,
// agents get it. Most tests need root, to run a program as another user. Without root they are
// skipped, which is printed; if CI is set, they fail.

#include <linux/filter.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <linux/sock_diag.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <arc_identity/arc_identity.hpp>
#include <arc_identity/testing/manual_clock.hpp>

#include "simulate/simulated_agent.hpp"
#include "support/agent_texts.hpp"
#include "support/keyed_agent.hpp"
#include "support/peer_process.hpp"
#include "support/system_calls.hpp"
#include "support/temporary_directory.hpp"

namespace {

using namespace std::chrono_literals;
using agent_texts::contains;
using arc_identity::agent_check;
using arc_identity::errc;

constexpr uid_t nobody = 65534;
constexpr uid_t somebody = 1234;
constexpr uid_t no_one_else = 4321;

/// Whether other users can be imitated. If not, prints that.
bool is_root(const char* what) {
  if (::geteuid() == 0) return true;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no thread sets a variable.
  if (std::getenv("CI") != nullptr) FAIL("needs root: " << what);
  MESSAGE("not run, for it needs root: " << what);
  return false;
}

/// A user's key file, which all users can read.
class key_file {
 public:
  explicit key_file(uid_t user = 0) : path_(folder_.write("a.key", agent_texts::key)) {
    REQUIRE(::chmod(folder_.path().c_str(), 0755) == 0);
    REQUIRE(::chmod(path_.c_str(), 0644) == 0);
    if (user != 0) REQUIRE(::chown(path_.c_str(), user, static_cast<gid_t>(-1)) == 0);
  }
  const std::string& path() const { return path_; }
  const std::string& folder() const { return folder_.path(); }

 private:
  temporary_directory folder_{};
  std::string path_;
};

struct answer {
  errc code{};  ///< none after success
  std::string message{};
};

template <class Client = arc_identity::client>
answer ask(const std::string& url, const std::string& folder,
           agent_check check = agent_check::owner, std::chrono::milliseconds timeout = 5s) {
  arc_identity::options options;
  options.endpoint = url;
  options.key_directory = folder;
  options.agent_check = check;
  options.total_timeout = timeout;
  options.max_attempts = 3;
  Client client(options);
  char workspace[16 * 1024];
  const auto token = client.get_token({"https://vault.azure.net"}, workspace);
  if (token) return {};
  return {token.error().code(), token.error().message()};
}

/// The code of `ask`'s result in a separate process, changed by `prepare`: 0 with a token, 200 if
/// `prepare` failed.
int ask_elsewhere(const std::function<bool()>& prepare, const std::string& url,
                  const std::string& folder, agent_check check = agent_check::owner) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(prepare() ? static_cast<int>(ask(url, folder, check).code) : 200);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 201;
}

constexpr int got_token = 0;
constexpr int not_verified = static_cast<int>(errc::agent_not_verified);
constexpr int connection_failed = static_cast<int>(errc::connection_failed);

/// An attacker that answers with a challenge naming a key file of root.
void check_gets_no_key(peer_behaviour behaviour, const std::string& host) {
  const key_file file;
  behaviour.user = nobody;
  behaviour.key_path = file.path();
  const peer_process attacker(behaviour);
  REQUIRE(attacker.is_listening());
  const answer got = ask(attacker.url(host), file.folder());
  CHECK(got.code == errc::agent_not_verified);
  CHECK(contains(got.message, ": user 65534, not user 0. "));
  CHECK_FALSE(attacker.has_key());
  CHECK(ask(attacker.url(host), file.folder(), agent_check::strict).code ==
        errc::agent_not_verified);
  CHECK_FALSE(attacker.has_key());
  // Without the check it would get the key.
  CHECK(ask(attacker.url(host), file.folder(), agent_check::none).code == errc{});
  CHECK(attacker.has_key());
}

}  // namespace

TEST_CASE("agent check, sockets: an agent of this user gets the key by default") {
  const keyed_agent agent;
  CHECK(ask(agent.url(), agent.key_directory()).code == errc{});
  arc_identity_cli::simulated_agent simulated;
  REQUIRE(simulated.start() == "");
  CHECK(ask(simulated.endpoint(), simulated.key_directory()).code == errc{});
}

TEST_CASE("agent check, sockets: another user's relay of the real agent gets no key") {
  if (!is_root("a relay of another user")) return;
  arc_identity_cli::simulated_agent agent;
  REQUIRE(agent.start() == "");
  peer_behaviour behaviour;
  behaviour.user = nobody;
  behaviour.relays_to = static_cast<std::uint16_t>(agent.port());
  const peer_process relay(behaviour);
  REQUIRE(relay.is_listening());
  const answer got = ask(relay.url(), agent.key_directory());
  CHECK(got.code == errc::agent_not_verified);
  CHECK(agent.counters().challenges == 1);
  CHECK(agent.counters().tokens == 0);
  CHECK_FALSE(relay.has_key());
  // Without the check it gets the key, and sends a token for it.
  CHECK(ask(relay.url(), agent.key_directory(), agent_check::none).code == errc{});
  CHECK(relay.has_key());
  CHECK(agent.counters().tokens == 1);
}

TEST_CASE("agent check, sockets: squatters on 127.0.0.1, 127.0.0.2 and ::1 get no key") {
  if (!is_root("squatters of another user")) return;
  peer_behaviour peer;
  check_gets_no_key(peer, "127.0.0.1");
  check_gets_no_key(peer, "localhost");
  peer.at.address = "127.0.0.2";
  check_gets_no_key(peer, "127.0.0.2");
  peer.at.address = "::1";
  check_gets_no_key(peer, "[::1]");
  check_gets_no_key(peer, "localhost");  // with no listener on 127.0.0.1
}

TEST_CASE("agent check, sockets: a squatter on another address does not disturb the agent") {
  if (!is_root("squatters of another user")) return;
  const key_file file;
  peer_behaviour peer;
  peer.key_path = file.path();
  const peer_process agent(peer);
  peer.user = nobody;
  peer.at.port = agent.port();
  peer.at.address = "127.0.0.2";
  const peer_process second(peer);
  peer.at.address = "::1";
  const peer_process third(peer);
  REQUIRE((agent.is_listening() && second.is_listening() && third.is_listening()));
  for (const agent_check check : {agent_check::owner, agent_check::strict}) {
    CHECK(ask(agent.url("localhost"), file.folder(), check).code == errc{});
  }
}

TEST_CASE("agent check, sockets: the owner of a dual-stack listener is found") {
  if (!is_root("a squatter of another user")) return;
  peer_behaviour peer;
  peer.at.address = "::";
  peer.at.is_dual_stack = true;
  check_gets_no_key(peer, "127.0.0.1");
  check_gets_no_key(peer, "[::1]");
  const key_file file;
  peer.key_path = file.path();
  const peer_process agent(peer);
  for (const char* const host : {"127.0.0.1", "[::1]", "127.0.0.3"}) {
    CHECK(ask(agent.url(host), file.folder()).code == errc{});
    CHECK(ask(agent.url(host), file.folder(), agent_check::strict).code == errc{});
  }
}

TEST_CASE("agent check, sockets: a listener bound to the interface is found") {
  if (!is_root("a squatter of another user")) return;
  peer_behaviour peer;
  peer.at.device = "lo";
  check_gets_no_key(peer, "127.0.0.1");
  peer.at.address = "::1";
  check_gets_no_key(peer, "[::1]");
}

TEST_CASE("agent check, sockets: an agent that accepts late gets the key, another user does not") {
  const key_file file;
  peer_behaviour late;
  late.keeps_open = false;
  late.accepts_later = true;
  late.key_path = file.path();
  late.user = ::geteuid();
  {
    const peer_process agent(late);
    // It accepts only after the client has sent the key.
    CHECK(ask(agent.url(), file.folder(), agent_check::owner, 1s).code == errc::timed_out);
    agent.accept_now();
    CHECK(agent.has_key(5000));
  }
  if (!is_root("a squatter of another user that accepts late")) return;
  late.user = nobody;
  const peer_process attacker(late);
  CHECK(ask(attacker.url(), file.folder()).code == errc::agent_not_verified);
  attacker.accept_now();
  CHECK_FALSE(attacker.has_key(300));
}

TEST_CASE("agent check, sockets: strict requires root or himds, and the key file's owner") {
  if (!is_root("agents and files of other users")) return;
  const auto code = [](uid_t agent_user, uid_t file_user, agent_check check) {
    const key_file file(file_user);
    peer_behaviour behaviour;
    behaviour.user = agent_user;
    behaviour.key_path = file.path();
    const peer_process agent(behaviour);
    return ask(agent.url(), file.folder(), check).code;
  };
  CHECK(code(0, 0, agent_check::strict) == errc{});
  CHECK(code(0, somebody, agent_check::strict) == errc::agent_not_verified);
  CHECK(code(somebody, somebody, agent_check::strict) == errc::agent_not_verified);
  CHECK(code(0, somebody, agent_check::owner) == errc{});
  CHECK(code(somebody, somebody, agent_check::owner) == errc{});
  CHECK(code(somebody, 0, agent_check::owner) == errc::agent_not_verified);
}

// --- Owners that the kernel does not report ------------------------------------------------------

namespace {

/// From now on socket(AF_NETLINK, ...) fails with `error` in this process (seccomp(2)).
bool deny_netlink(int error) {
  // NOLINTBEGIN(hicpp-signed-bitwise): the macros are Linux's.
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[0])),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(error)),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  // NOLINTEND(hicpp-signed-bitwise)
  const sock_fprog program{sizeof code / sizeof code[0], code};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

bool become(uid_t user) { return ::setgid(user) == 0 && ::setuid(user) == 0; }

bool write_text(const char* path, const std::string& text) {
  const int file = ::open(path, O_WRONLY | O_CLOEXEC);
  const bool is_written = ::write(file, text.data(), text.size()) == ssize_t(text.size());
  ::close(file);
  return is_written;
}

/// A user namespace like that of a rootless container: its root is `user`, and no other user is
/// mapped.
bool enter_rootless(uid_t user) {
  return become(user) && ::prctl(PR_SET_DUMPABLE, 1) == 0 && ::unshare(CLONE_NEWUSER) == 0 &&
         write_text("/proc/self/uid_map", "0 " + std::to_string(user) + " 1\n");
}

}  // namespace

TEST_CASE("agent check, sockets: netlink denied by seccomp leaves owners unknown") {
  const key_file file;
  peer_behaviour behaviour;
  behaviour.user = ::geteuid();
  behaviour.key_path = file.path();
  const peer_process agent(behaviour);
  for (const int error : {EPERM, EACCES, EAFNOSUPPORT, EPROTONOSUPPORT}) {
    const auto deny = [error] { return deny_netlink(error); };
    CHECK(ask_elsewhere(deny, agent.url(), file.folder()) == got_token);
    CHECK(ask_elsewhere(deny, agent.url(), file.folder(), agent_check::strict) == not_verified);
  }
}

TEST_CASE("agent check, sockets: a lack of descriptors or memory does not bypass the check") {
  const key_file file;
  peer_behaviour behaviour;
  behaviour.user = ::geteuid();
  behaviour.key_path = file.path();
  const peer_process agent(behaviour);
  for (const int error : {EMFILE, ENFILE, ENOBUFS, ENOMEM}) {
    const auto deny = [error] { return deny_netlink(error); };
    CHECK(ask_elsewhere(deny, agent.url(), file.folder()) == connection_failed);
    CHECK_FALSE(agent.has_key());
  }
  const auto deny = [] { return deny_netlink(EINVAL); };
  CHECK(ask_elsewhere(deny, agent.url(), file.folder()) == not_verified);
  CHECK_FALSE(agent.has_key());
}

TEST_CASE("agent check, sockets: mapped owners are compared in a rootless user namespace") {
  if (!is_root("a user namespace of another user")) return;
  const auto code = [](uid_t agent_user, uid_t file_user, agent_check check) {
    const key_file file(file_user);
    peer_behaviour behaviour;
    behaviour.user = agent_user;
    behaviour.key_path = file.path();
    const peer_process agent(behaviour);
    return ask_elsewhere([] { return enter_rootless(somebody); }, agent.url(), file.folder(),
                         check);
  };
  CHECK(code(0, 0, agent_check::owner) == got_token);                // neither is mapped
  CHECK(code(somebody, 0, agent_check::owner) == got_token);         // one is mapped: root here
  CHECK(code(0, somebody, agent_check::owner) == got_token);         // one is mapped
  CHECK(code(somebody, somebody, agent_check::owner) == got_token);  // both are mapped
  CHECK(code(no_one_else, 0, agent_check::owner) == got_token);      // cannot be determined
  CHECK(code(0, 0, agent_check::strict) == not_verified);
}

TEST_CASE("agent check, sockets: outside a user namespace an unnamed user is another user") {
  if (!is_root("agents and files of other users")) return;
  const key_file file(somebody);
  peer_behaviour behaviour;
  behaviour.user = nobody;  // 65534, the number of unmapped users
  behaviour.key_path = file.path();
  const peer_process attacker(behaviour);
  CHECK(ask(attacker.url(), file.folder()).code == errc::agent_not_verified);
  CHECK_FALSE(attacker.has_key());
  const auto become_somebody = [] { return become(somebody); };
  CHECK(ask_elsewhere(become_somebody, attacker.url(), file.folder()) == not_verified);
  CHECK_FALSE(attacker.has_key());
}

// --- System calls --------------------------------------------------------------------------------

namespace {

/// A client whose clock stands still. Otherwise, if much time passes between two steps, as on a
/// busy machine, the transport sets its timeout again, which is one more call.
using timeless_client =
    arc_identity::basic_client<arc_identity::system::socket_transport,
                               arc_identity::testing::manual_clock,
                               arc_identity::system::key_file_reader, arc_identity::system::traits>;

/// The system calls of one exchange; 0 if it cannot be traced.
std::size_t calls(const peer_process& agent, const key_file& file, agent_check check) {
  const std::vector<unsigned long> made = system_calls_of(
      [&] { return ask<timeless_client>(agent.url(), file.folder(), check).code == errc{}; });
  return made.size();
}

}  // namespace

TEST_CASE("agent check, sockets: system calls do not grow with the number of open sockets") {
  const key_file file;
  peer_behaviour behaviour;
  behaviour.user = ::geteuid();
  behaviour.key_path = file.path();
  const peer_process agent(behaviour);
  CHECK(calls(agent, file, agent_check::none) == 13);
  // getsockname, socket, sendto, recvfrom, close.
  CHECK(calls(agent, file, agent_check::owner) == 18);

  const rlim_t wanted = 10'100;
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const rlimit raised{std::max(before.rlim_cur, wanted), std::max(before.rlim_max, wanted)};
  if (::setrlimit(RLIMIT_NOFILE, &raised) != 0) {
    is_root("ten thousand open sockets");
    return;
  }
  std::vector<int> sockets;
  for (int i = 0; i < 10'000; ++i) {
    sockets.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(sockets.back() >= 0);
    REQUIRE(::listen(sockets.back(), 1) == 0);  // on a separate port
  }
  CHECK(calls(agent, file, agent_check::owner) == 18);
  for (const int socket : sockets) ::close(socket);
  ::setrlimit(RLIMIT_NOFILE, &before);
}

TEST_CASE("agent check, sockets: system calls with strict and with a late accept") {
  if (!is_root("an agent of root")) return;
  const key_file file;
  peer_behaviour behaviour;
  behaviour.key_path = file.path();
  const peer_process agent(behaviour);
  const std::size_t strict = calls(agent, file, agent_check::strict);
  // Two lookups. The first needs four more calls if the connection is not accepted yet.
  CHECK((strict == 23 || strict == 27));
  MESSAGE("strict: " << strict << " system calls, 23 where the agent has accepted at once");
}

// --- Declarations --------------------------------------------------------------------------------

namespace {
namespace ours = arc_identity::detail;
static_assert(sizeof(ours::netlink_head) == sizeof(nlmsghdr));
static_assert(sizeof(ours::diag_request) == sizeof(nlmsghdr) + sizeof(inet_diag_req_v2));
static_assert(sizeof(ours::diag_reply) == sizeof(nlmsghdr) + sizeof(inet_diag_msg));
static_assert(offsetof(ours::diag_request, id) ==
              sizeof(nlmsghdr) + offsetof(inet_diag_req_v2, id));
static_assert(offsetof(ours::diag_reply, id) == sizeof(nlmsghdr) + offsetof(inet_diag_msg, id));
static_assert(offsetof(ours::diag_reply, state) ==
              sizeof(nlmsghdr) + offsetof(inet_diag_msg, idiag_state));
static_assert(offsetof(ours::diag_reply, user) ==
              sizeof(nlmsghdr) + offsetof(inet_diag_msg, idiag_uid));
static_assert(offsetof(ours::diag_reply, inode) ==
              sizeof(nlmsghdr) + offsetof(inet_diag_msg, idiag_inode));
static_assert(offsetof(ours::diag_reply, family) == NLMSG_HDRLEN);
static_assert(offsetof(ours::diag_id, interface) == offsetof(inet_diag_sockid, idiag_if));
static_assert(offsetof(ours::diag_id, cookie) == offsetof(inet_diag_sockid, idiag_cookie));
}  // namespace
