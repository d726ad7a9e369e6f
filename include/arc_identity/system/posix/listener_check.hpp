// SPDX-License-Identifier: MIT
/// Who listens at the agent's port (Linux, proc_net(5)): the one thing that tells the agent from
/// another user's program which took the port while the agent was down.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include <arc_identity/core/ascii.hpp>
#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/config.hpp>
#include <arc_identity/core/endpoint.hpp>
#include <arc_identity/system/posix/file.hpp>

ARC_IDENTITY_BEGIN
namespace system {
namespace detail {

/// Reads a text file line by line, in a buffer of its own; of longer lines only parts.
class line_reader {
 public:
  explicit line_reader(const char* path) noexcept : source_(path) {}

  /// Whether the file could be read so far.
  bool is_ok() const noexcept { return source_.is_open() && is_ok_; }

  /// The next line, which holds until it is called again; false at the end.
  bool next(std::string_view& line) noexcept {
    while (rest_.find('\n') == std::string_view::npos) {
      if (rest_.size() == sizeof text_ || is_at_end_) {
        line = rest_;
        rest_ = {};
        return !line.empty();
      }
      if (!read_more()) return false;
    }
    line = arc_identity::detail::take_until(rest_, '\n');
    return true;
  }

 private:
  bool read_more() noexcept {
    const std::size_t kept = rest_.size();
    if (kept != 0) std::memmove(text_, rest_.data(), kept);
    const ssize_t count =
        source_.is_open() ? source_.read_some(mutable_buffer(text_).after(kept)) : -1;
    is_ok_ = count >= 0;
    is_at_end_ = count <= 0;
    rest_ = {text_, kept + (is_ok_ ? static_cast<std::size_t>(count) : 0)};
    return is_ok_;
  }

  const file source_;
  bool is_ok_ = true;
  bool is_at_end_ = false;
  std::string_view rest_{};
  char text_[4096] = {};
};

/// The next word of a line; `line` keeps what follows.
inline std::string_view take_field(std::string_view& line) noexcept {
  line = arc_identity::detail::trim(line);
  return arc_identity::detail::take_until(line, ' ');
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
    unsigned listeners = 0;
    unsigned strangers = 0;
    const bool is_known = for_each_listener(peer.port, [&](std::uint64_t user) {
      ++listeners;
      if (user != root && user != himds) ++strangers;
    });
    if (!is_known) return "it cannot be told who listens: /proc/net is not readable";
    if (strangers != 0) return "another user than root or himds listens at the agent's port";
    return listeners != 0 ? nullptr : "it cannot be told who listens at the agent's port";
  }

  /// Calls `on_user(id)` for each that listens at the port, on whatever address. False where it
  /// cannot be told.
  template <class OnUser>
  bool for_each_listener(std::uint16_t port, OnUser on_user) const noexcept {
    const auto read = [&](const char* table) {
      line_reader lines(table);
      std::string_view line;
      std::uint64_t user = 0;
      while (lines.next(line)) {
        if (is_listener(line, port, user)) on_user(user);
      }
      return lines.is_ok();
    };
    const bool has_tcp = read(tcp_);
    const bool has_tcp6 = read(tcp6_);  // Missing where there is no IPv6.
    return has_tcp || has_tcp6;
  }

 private:
  static constexpr std::uint64_t root = 0;
  static constexpr std::uint64_t longest_id = 0xffffffff;

  /// "sl local:PORT remote:PORT state queues timer retransmits uid ...", in hexadecimal but uid.
  static bool is_listener(std::string_view line, std::uint16_t port, std::uint64_t& user) noexcept {
    constexpr std::string_view listen = "0A";
    take_field(line);
    std::string_view local = take_field(line);
    take_field(line);
    if (take_field(line) != listen) return false;
    for (int skipped = 0; skipped < 3; ++skipped) take_field(line);
    arc_identity::detail::take_until(local, ':');
    unsigned found = 0;
    for (const char c : local) {
      const int digit = arc_identity::detail::hex_value(c);
      found = found * 16 + static_cast<unsigned>(digit < 0 ? 0 : digit);
    }
    if (local.size() != 4 || found != port) return false;
    if (arc_identity::detail::parse_decimal(take_field(line), longest_id, user) !=
        arc_identity::detail::number_status::ok) {
      user = longest_id;
    }
    return true;
  }

  /// The id of the user `himds`, or root's where there is none: "name:password:uid:..."
  /// (passwd(5)).
  std::uint64_t himds_user() const noexcept {
    using namespace arc_identity::detail;
    std::uint64_t user = root;
    line_reader lines(passwd_);
    std::string_view line;
    while (lines.next(line)) {
      if (take_until(line, ':') != "himds") continue;
      take_until(line, ':');
      std::uint64_t id = 0;
      if (parse_decimal(take_until(line, ':'), longest_id, id) == number_status::ok) user = id;
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
