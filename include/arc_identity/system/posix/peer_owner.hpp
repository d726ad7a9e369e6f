// SPDX-License-Identifier: MIT
/// Finds who owns the other end of a connection over the loopback interface (Linux), which
/// distinguishes the agent from another user's program at its port. On other systems the owner is
/// unknown.
#pragma once

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/detail/cursor.hpp>
#include <arc_identity/core/endpoint.hpp>
#include <arc_identity/core/policies.hpp>
#include <arc_identity/system/posix/file.hpp>
#include <arc_identity/system/posix/sock_diag.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// Reads a text file line by line, in its own buffer; longer lines are split.
class line_reader {
 public:
  explicit line_reader(const char* path) noexcept : source_(path) {}

  /// After the last line: whether the whole file was read; if not, `errno` has the reason.
  bool is_ok() const noexcept { return last_read_ >= 0; }

  /// The next line, valid until the next call; false at the end.
  ARC_IDENTITY_COLD bool next(std::string_view& line) noexcept {
    while (!contains(rest_, '\n') && rest_.size() < sizeof text_ && last_read_ > 0) {
      read_more();
    }
    const bool is_there = !rest_.empty();
    line = take_until(rest_, '\n');
    return is_there;
  }

 private:
  void read_more() noexcept {
    const std::size_t kept = rest_.size();
    if (kept != 0) std::memmove(text_, rest_.data(), kept);
    last_read_ = source_.is_open() ? source_.read_some(mutable_buffer(text_).after(kept)) : -1;
    rest_ = {text_, is_ok() ? kept + static_cast<std::size_t>(last_read_) : 0};
  }

  const file source_;
  ssize_t last_read_ = 1;  ///< Bytes; 0 is the file's end.
  std::string_view rest_{};
  char text_[4096] = {};
};

/// The next word of a line; `line` keeps the rest.
inline std::string_view take_field(std::string_view& line) noexcept {
  line = trim(line);
  return take_until(line, ' ');
}

/// What is known about users without a name service. Files are read when needed.
struct user_files {
  const char* passwd = "/etc/passwd";
  const char* uid_map = "/proc/self/uid_map";
  const char* overflow_user = "/proc/sys/kernel/overflowuid";

  static constexpr std::uint32_t no_user = 0xffffffff;  ///< (uid_t)-1, which no user has.

  /// The id of the user `himds` ("name:password:uid:...", passwd(5)); `no_user` if there is none.
  std::uint32_t himds() const noexcept {
    using namespace arc_identity::detail;
    line_reader lines(passwd);
    std::string_view line;
    while (lines.next(line)) {
      if (!equals(take_until(line, ':'), "himds")) continue;
      take_until(line, ':');
      return number(take_until(line, ':'));
    }
    return no_user;
  }

  /// The id that represents all users without an id in this user namespace.
  std::uint32_t overflow() const noexcept {
    line_reader lines(overflow_user);
    std::string_view line;
    const std::uint32_t user = lines.next(line) ? number(line) : no_user;
    return user == no_user ? 65534 : user;
  }

  /// Whether each user has the same id in this user namespace as outside (user_namespaces(7)).
  bool has_all_users() const noexcept {
    line_reader lines(uid_map);
    std::string_view line;
    if (!lines.next(line)) return true;  // No such file: a kernel without user namespaces.
    for (int i = 0; i < 2; ++i) {
      if (number(take_field(line)) != 0) return false;
    }
    return number(trim(line)) == no_user;
  }

 private:
  /// A text that is not a number, or too large, is the id of no user.
  static std::uint32_t number(std::string_view text) noexcept {
    cursor digits(text);
    std::uint32_t id = 0;
    return digits.take_number(id) && digits.empty() ? id : no_user;
  }
};

/// A question about a connection: which socket to look up.
enum class diag_question : std::uint8_t {
  peer,      ///< The other end.
  listener,  ///< The listener at the other end's address.
  own,       ///< This end, which certainly exists.
};

/// Whether the answer is about a connected socket, not a listening one.
inline bool is_connected(const diag_answer& answer) noexcept {
  return answer.error == 0 && answer.state != tcp_state::listening;
}

/// The result if the kernel cannot answer.
inline peer_owner_result no_owner(int error) noexcept {
  const bool is_unknown =
      error == EAFNOSUPPORT || error == EPROTONOSUPPORT || error == EPERM || error == EACCES;
  if (is_unknown) return {owner_status::unknown};
  return {is_shortage(error) ? owner_status::busy : owner_status::hidden, false, 0, error};
}

/// The other end is not in the kernel's table of connections. ENOENT can also mean a kernel that
/// cannot look up TCP sockets at all (the module tcp_diag): then this end is not found, either.
inline peer_owner_result owner_of_missing(const diag_answer& own) noexcept {
  if (own.error == ENOENT) return {owner_status::unknown};
  if (own.error != 0) return no_owner(own.error);
  if (own.state == tcp_state::established) return {owner_status::hidden};
  return {owner_status::busy, false, 0, ECONNRESET};
}

/// Finds the owner of a connection's other end. `ask(question)` returns the kernel's answer.
///
/// A user id counts only together with an inode. A connection not accepted yet has none, and
/// belongs to the listener's owner; it is checked again afterwards, because meanwhile a program may
/// have accepted it and another may have taken the port. A connection without an inode that has
/// begun to close no longer has a reader.
template <class Ask>
peer_owner_result find_peer_owner(Ask ask) noexcept {
  diag_answer peer = ask(diag_question::peer);
  if (is_connected(peer) && peer.inode == 0) {
    const diag_answer listener = ask(diag_question::listener);
    peer = ask(diag_question::peer);
    const bool is_waiting =
        is_connected(peer) && peer.inode == 0 &&
        (peer.state == tcp_state::established || peer.state == tcp_state::syn_received);
    if (is_waiting && listener.error == 0 && listener.state == tcp_state::listening &&
        listener.inode != 0) {
      return {owner_status::known, false, listener.user};
    }
    if (is_waiting) return no_owner(listener.error);
  }
  if (peer.error == ENOENT || peer.state == tcp_state::listening) {
    return owner_of_missing(ask(diag_question::own));
  }
  if (peer.error != 0) return no_owner(peer.error);
  if (peer.inode == 0) return {owner_status::busy, false, 0, ECONNRESET};
  return {owner_status::known, false, peer.user};
}

/// Compares the kernel's answer with the owner of the key file. Files are read only if the two
/// differ.
inline peer_owner_result compare_owners(peer_owner_result peer, const file_owner& key_file,
                                        const user_files& users = {}) noexcept {
  constexpr std::uint32_t root = 0;
  if (peer.status != owner_status::known) return peer;
  if (key_file.is_known && peer.user == key_file.user) return peer;
  peer.is_agent =
      peer.user == root || (peer.user != user_files::no_user && peer.user == users.himds());
  if (peer.is_agent || !key_file.is_known) return peer;
  const std::uint32_t overflow = users.overflow();
  const bool has_unmapped_user = peer.user == overflow || key_file.user == overflow;
  if (has_unmapped_user && !users.has_all_users()) peer.status = owner_status::unknown;
  return peer;
}

/// Writes `address` as system calls take it; returns its size in bytes.
inline socklen_t write_name(const loopback_address& address, loopback_name& name) noexcept {
  name = {};
  if (address.is_ipv6) {
    name.ipv6 = {};
    name.ipv6.sin6_family = AF_INET6;
    name.ipv6.sin6_port = htons(address.port);
    name.ipv6.sin6_addr.s6_addr[15] = 1;
    return sizeof name.ipv6;
  }
  name.ipv4.sin_family = AF_INET;
  name.ipv4.sin_port = htons(address.port);
  std::memcpy(&name.ipv4.sin_addr, address.ipv4, sizeof address.ipv4);
  return sizeof name.ipv4;
}

/// The address to look up a listener with: with the port, the kernel would find the connection.
inline loopback_name without_port(loopback_name name) noexcept {
  (name.any.sa_family == AF_INET6 ? name.ipv6.sin6_port : name.ipv4.sin_port) = 0;
  return name;
}

}  // namespace detail

namespace system {

/// The owner of the other end of the TCP connection `socket`, which is to `peer`: what a
/// Transport's `peer_owner` returns, and what an event loop passes to `handshake::peer_owned_by`,
/// with `handshake::key_owner()` as `key_file`. Does not block.
inline peer_owner_result peer_owner(int socket, const loopback_address& peer,
                                    const file_owner& key_file) noexcept {
#if defined(__linux__)
  using namespace detail;
  loopback_name remote;
  write_name(peer, remote);
  loopback_name local;
  socklen_t size = sizeof local;
  if (::getsockname(socket, &local.any, &size) != 0) return no_owner(errno);
  const sock_diag kernel;
  const auto ask = [&](diag_question question) noexcept {
    if (question == diag_question::own) return kernel.ask(local, remote);
    return kernel.ask(remote, question == diag_question::peer ? local : without_port(remote));
  };
  return compare_owners(find_peer_owner(ask), key_file);
#else
  (void)socket, (void)peer, (void)key_file;
  return {};
#endif
}

}  // namespace system
ARC_IDENTITY_END
