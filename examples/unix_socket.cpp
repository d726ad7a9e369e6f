// SPDX-License-Identifier: MIT
//
// A custom transport: a container that does not share the host's network reaches the agent over a
// Unix socket, which a relay on the host connects to the agent. Mount the relay's folder and the
// agent's key directory into the container; its user must be in the group that can read the keys.
//
//     g++ -std=c++17 -I ../include unix_socket.cpp -o unix_socket
//
//     # on the host
//     socat UNIX-LISTEN:/run/arc/agent.socket,fork,mode=0660,group=himds TCP:127.0.0.1:40342
//     docker run -v /run/arc:/run/arc -v /var/opt/azcmagent/tokens:/var/opt/azcmagent/tokens:ro ...
//     # in the container
//     ./unix_socket /run/arc/agent.socket
//
// Every user who can open that socket and read the keys can use the machine's identity.

#include <arc_identity/core.hpp>
#include <arc_identity/system/client.hpp>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <utility>

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

using arc_identity::io_result;
using arc_identity::io_status;
using std::chrono::milliseconds;

/// The requirements of arc_identity/core/policies.hpp for a Transport.
class unix_transport {
 public:
  explicit unix_transport(std::string path = {}) : path_(std::move(path)) {}
  unix_transport(const unix_transport& other) : path_(other.path_) {}  // a copy has no connection
  unix_transport& operator=(const unix_transport&) = delete;
  ~unix_transport() { close(); }

  /// The address is the agent's, behind the relay; here only the relay can be reached.
  io_result connect(const arc_identity::loopback_address&, milliseconds timeout) {
    close();
    sockaddr_un address{};
    if (path_.size() >= sizeof address.sun_path) return {io_status::failed, 0, ENAMETOOLONG};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.c_str(), path_.size() + 1);
    socket_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0 || !set_timeout(SO_SNDTIMEO, timeout)) return {io_status::failed, 0, errno};
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
      return {};
    }
    return failure();
  }

  io_result send(arc_identity::const_buffer bytes, milliseconds timeout) {
    if (!set_timeout(SO_SNDTIMEO, timeout)) return {io_status::failed, 0, errno};
    return outcome(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
  }

  io_result receive(arc_identity::mutable_buffer space, milliseconds timeout) {
    if (!set_timeout(SO_RCVTIMEO, timeout)) return {io_status::failed, 0, errno};
    return outcome(::recv(socket_, space.data(), space.size(), 0));
  }

  void close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

 private:
  /// The kernel applies the time limit. 0 would mean no limit.
  bool set_timeout(int option, milliseconds timeout) const {
    timeval time{};
    time.tv_sec = static_cast<time_t>(timeout.count() / 1000);
    time.tv_usec = static_cast<suseconds_t>(timeout.count() % 1000 * 1000);
    return setsockopt(socket_, SOL_SOCKET, option, &time, sizeof time) == 0;
  }

  static io_result outcome(ssize_t count) {
    if (count < 0) return failure();
    return {io_status::ok, static_cast<std::size_t>(count)};
  }

  static io_result failure() {
    switch (errno) {
      case EINTR: return {io_status::again};
      case EAGAIN: return {io_status::timed_out};
      case ECONNREFUSED:
      case ENOENT: return {io_status::refused, 0, errno};  // no relay: it may come back
      case ECONNRESET:
      case EPIPE: return {io_status::lost, 0, errno};
      default: return {io_status::failed, 0, errno};
    }
  }

  const std::string path_;
  int socket_ = -1;
};

/// Uses the agent's default endpoint, without discovery in the container.
using container_client = arc_identity::basic_client<unix_transport, arc_identity::system::clock,
                                                    arc_identity::system::key_file_reader>;

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s SOCKET [KEY-DIRECTORY]\n", argv[0]);
    return 2;
  }
  arc_identity::options options;
  if (argc > 2) options.key_directory = argv[2];

  container_client client(options, unix_transport(argv[1]));
  static char workspace[16 * 1024];
  const auto token = client.get_token({"https://vault.azure.net"}, workspace);
  if (!token) {
    std::fprintf(stderr, "%s\n", token.error().message());
    return 1;
  }
  std::printf("got a token of %zu bytes through %s\n", token->access_token.size(), argv[1]);
  arc_identity::wipe(workspace);
}
