// SPDX-License-Identifier: MIT
/// Who listens at the agent's port (Linux, proc_net(5)): the one thing that tells the agent from
/// another user's program which took the port while the agent was down.
#pragma once

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/ascii.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/core/endpoint.hpp>
#include <arc_identity/system/posix/file.hpp>

ARC_IDENTITY_BEGIN
namespace system {
namespace detail {

/// Reads a text file line by line, in a buffer of its own; of longer lines only parts.
class line_reader {
 public:
  explicit line_reader(const char* path) noexcept : source_(path) {}

  /// At the end: whether the file was read whole; if not, `errno` tells why.
  bool is_ok() const noexcept { return last_read_ >= 0; }

  /// The next line, which holds until it is called again; false at the end.
  bool next(std::string_view& line) noexcept {
    while (!arc_identity::detail::contains(rest_, '\n') && rest_.size() < sizeof text_ &&
           last_read_ > 0) {
      read_more();
    }
    const bool is_there = !rest_.empty();
    line = arc_identity::detail::take_until(rest_, '\n');
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

/// The next word of a line; `line` keeps what follows.
inline std::string_view take_field(std::string_view& line) noexcept {
  line = arc_identity::detail::trim(line);
  return arc_identity::detail::take_until(line, ' ');
}

/// The value of the four hexadecimal digits of `text`, or -1.
inline long parse_hex4(std::string_view text) noexcept {
  long value = 0;
  for (const char c : text) {
    const int digit = arc_identity::detail::hex_value(c);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

class listener_check {
 public:
  explicit listener_check(const char* tcp = "/proc/net/tcp", const char* tcp6 = "/proc/net/tcp6",
                          const char* passwd = "/etc/passwd") noexcept
      : tcp_(tcp), tcp6_(tcp6), passwd_(passwd) {}

  /// Null where all that listen at the port, on whatever address, are root or `himds`, and there
  /// is one; else what is wrong.
  const char* check(const loopback_address& peer) const noexcept {
    const std::uint64_t himds = himds_user();
    bool has_listener = false;
    bool has_stranger = false;
    const bool is_known = for_each_listener(peer.port, [&](std::uint64_t user) {
      has_listener = true;
      if (user != root && user != himds) has_stranger = true;
    });
    if (!is_known) return "it cannot be told who listens: /proc/net is not readable";
    if (has_stranger) return "another user than root or himds listens at the agent's port";
    return has_listener ? nullptr : "it cannot be told who listens at the agent's port";
  }

  /// Calls `on_user(id)` for each that listens at the port, on whatever address. False where it
  /// cannot be told.
  template <class OnUser>
  bool for_each_listener(std::uint16_t port, OnUser on_user) const noexcept {
    if (!read_table(tcp_, port, on_user)) return false;
    return read_table(tcp6_, port, on_user) || errno == ENOENT;  // Where there is no IPv6.
  }

 private:
  static constexpr std::uint64_t root = 0;
  static constexpr std::uint64_t no_user = 0xffffffff;  ///< (uid_t)-1, which no user has.
  static constexpr const char* listen = "0A";

  template <class OnUser>
  static bool read_table(const char* path, std::uint16_t port, OnUser& on_user) noexcept {
    line_reader lines(path);
    std::string_view line;
    std::uint64_t user = 0;
    while (lines.next(line)) {
      if (is_listener(line, port, user)) on_user(user);
    }
    return lines.is_ok();
  }

  /// "sl local:PORT remote:PORT state queues timer retransmits uid ...", in hexadecimal but uid.
  static bool is_listener(std::string_view line, std::uint16_t port, std::uint64_t& user) noexcept {
    std::string_view fields[8];
    for (std::string_view& field : fields) field = take_field(line);
    std::string_view local = fields[1];
    arc_identity::detail::take_until(local, ':');
    user = user_id(fields[7]);
    return arc_identity::detail::equals(fields[3], listen) && local.size() == 4 &&
           parse_hex4(local) == port;
  }

  /// What is no number, or too great a one, is the id of no user.
  static std::uint64_t user_id(std::string_view text) noexcept {
    const auto id = static_cast<std::uint64_t>(arc_identity::detail::parse_decimal(text));
    return id < no_user ? id : no_user;
  }

  /// The id of the user `himds`, or root's where there is none: "name:password:uid:..."
  /// (passwd(5)).
  std::uint64_t himds_user() const noexcept {
    using namespace arc_identity::detail;
    std::uint64_t user = root;
    line_reader lines(passwd_);
    std::string_view line;
    while (lines.next(line)) {
      if (!equals(take_until(line, ':'), "himds")) continue;
      take_until(line, ':');
      const std::uint64_t id = user_id(take_until(line, ':'));
      if (id != no_user) user = id;
    }
    return user;
  }

  const char* tcp_;
  const char* tcp6_;
  const char* passwd_;
};

}  // namespace detail
}  // namespace system
ARC_IDENTITY_END
