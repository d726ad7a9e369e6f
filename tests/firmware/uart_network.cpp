// SPDX-License-Identifier: MIT
#include "uart_network.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <lwip/sockets.h>
#include <lwip/sys.h>

#include "board.hpp"

namespace {

constexpr int the_socket = 0;

/// A deadline by the board's clock; differences are right even when the clock wraps.
class deadline {
 public:
  explicit deadline(u32_t milliseconds) : start_(sys_now()), milliseconds_(milliseconds) {}
  bool passed() const { return sys_now() - start_ >= milliseconds_; }

 private:
  u32_t start_;
  u32_t milliseconds_;
};

void put(std::uint8_t byte) {
  while ((uart0().state & uart_transmit_full) != 0) {
  }
  uart0().data = byte;
}

/// False if no byte arrived in time.
bool get(std::uint8_t& byte, const deadline& end) {
  while ((uart0().state & uart_receive_full) == 0) {
    if (end.passed()) return false;
  }
  byte = static_cast<std::uint8_t>(uart0().data);
  return true;
}

enum class socket_state : std::uint8_t { closed, connecting, open, ended, reset };

/// The only socket, and the frame that is being received. Zero-initialised.
struct {
  socket_state state;
  std::uint8_t connection;  ///< Its number.
  std::uint8_t header[4];
  std::uint8_t header_size;  ///< the bytes of it received so far
  std::size_t content_left;  ///< the bytes of the frame's content that were not received yet
} line;

char frame_kind() { return static_cast<char>(line.header[0]); }
bool has_frame() { return line.header_size == sizeof line.header; }

void send_frame(char kind, const void* content, std::size_t size) {
  put(static_cast<std::uint8_t>(kind));
  put(line.connection);
  put(static_cast<std::uint8_t>(size >> 8));
  put(static_cast<std::uint8_t>(size));
  for (std::size_t i = 0; i != size; ++i) put(static_cast<const std::uint8_t*>(content)[i]);
}

bool receive_header(const deadline& end) {
  while (!has_frame()) {
    if (!get(line.header[line.header_size], end)) return false;
    if (++line.header_size == sizeof line.header) {
      line.content_left = static_cast<std::size_t>(line.header[2] << 8 | line.header[3]);
    }
  }
  return true;
}

/// Reads up to `size` bytes of the frame's content. At its end, the frame is done.
std::size_t read_content(char* space, std::size_t size, const deadline& end) {
  std::size_t count = 0;
  std::uint8_t byte = 0;
  for (; count != size && line.content_left != 0 && get(byte, end); ++count, --line.content_left) {
    space[count] = static_cast<char>(byte);
  }
  if (line.content_left == 0) line.header_size = 0;
  return count;
}

bool skip_content(const deadline& end) {
  char byte;
  while (line.content_left != 0) {
    if (read_content(&byte, 1, end) == 0) return false;
  }
  line.header_size = 0;
  return true;
}

/// Waits for content of this connection or a change of its state; frames of an earlier connection
/// are dropped. True if there is content or the state has changed.
bool wait_for_frame(u32_t milliseconds) {
  const deadline end(milliseconds);
  const socket_state before = line.state;
  while (receive_header(end)) {
    const bool is_current = line.header[1] == line.connection;
    if (is_current && (frame_kind() == 'D' || frame_kind() == 'K')) return true;
    if (!skip_content(end)) return false;
    if (!is_current) continue;
    switch (frame_kind()) {
      case 'O': line.state = socket_state::open; break;
      case 'E': line.state = socket_state::ended; break;
      default: line.state = socket_state::reset; break;
    }
    if (line.state != before) return true;
  }
  return false;
}

int fail(int error) {
  errno = error;
  return -1;
}

}  // namespace

void start_board() {
  uart0().baud_divider = 16;
  uart0().control = uart_transmit_on | uart_receive_on;
  timer0().reload = timer0().value = UINT32_MAX;
  timer0().control = timer_on;
}

extern "C" {

/// By the timer, which wraps after 171 s, so this must be called more often.
u32_t sys_now() {
  static std::uint32_t last = UINT32_MAX, rest = 0, milliseconds = 0;
  const std::uint32_t value = timer0().value;
  rest += last - value;
  last = value;
  milliseconds += rest / timer_ticks_per_millisecond;
  rest %= timer_ticks_per_millisecond;
  return milliseconds;
}

void sys_msleep(u32_t milliseconds) {
  const deadline end(milliseconds);
  while (!end.passed()) {
  }
}

u16_t lwip_htons(u16_t number) { return static_cast<u16_t>(number << 8 | number >> 8); }

int lwip_socket(int, int, int) {
  if (line.state != socket_state::closed) return fail(ENFILE);
  return the_socket;
}

int lwip_fcntl(int, int, int) { return 0; }  // Only lwip_poll blocks.

int lwip_connect(int, const sockaddr* name, socklen_t) {
  const auto* const address = reinterpret_cast<const sockaddr_in*>(name);
  char content[6];
  std::memcpy(content, &address->sin_addr, 4);
  std::memcpy(content + 4, &address->sin_port, 2);
  ++line.connection;
  line.state = socket_state::connecting;
  send_frame('C', content, sizeof content);
  return fail(EINPROGRESS);
}

int lwip_poll(pollfd* entry, nfds_t, int timeout) {
  const bool has_room = (entry->events & POLLOUT) != 0 && line.state != socket_state::connecting;
  const bool is_over = line.state == socket_state::ended || line.state == socket_state::reset;
  const bool is_ready = has_room || is_over || wait_for_frame(static_cast<u32_t>(timeout));
  entry->revents = is_ready ? entry->events : 0;
  return is_ready ? 1 : 0;
}

int lwip_getsockopt(int, int, int, void* value, socklen_t*) {
  const int error = line.state == socket_state::reset ? ECONNRESET : 0;
  std::memcpy(value, &error, sizeof error);
  return 0;
}

ssize_t lwip_send(int, const void* data, size_t size, int) {
  constexpr std::size_t longest = 512;
  if (line.state == socket_state::reset) return fail(ECONNRESET);
  if (size > longest) size = longest;
  send_frame('S', data, size);
  return static_cast<ssize_t>(size);
}

ssize_t lwip_recv(int, void* space, size_t size, int) {
  if (has_frame() && frame_kind() == 'D' && line.header[1] == line.connection) {
    return static_cast<ssize_t>(read_content(static_cast<char*>(space), size, deadline(1000)));
  }
  if (line.state == socket_state::ended) return 0;
  return fail(line.state == socket_state::reset ? ECONNRESET : EWOULDBLOCK);
}

int lwip_close(int) {
  send_frame('X', nullptr, 0);
  line.state = socket_state::closed;
  ++line.connection;  // Data that is still in transit is not for the next connection.
  return 0;
}

int board_read_file(const char* path, char* space, std::size_t size) {
  constexpr u32_t patience = 1000;
  send_frame('K', path, std::strlen(path));
  while (wait_for_frame(patience)) {
    if (!has_frame()) continue;  // the peer has closed its side meanwhile
    if (frame_kind() != 'K') {  // This is the rest of a challenge that the client did not wait for.
      if (!skip_content(deadline(patience))) return -EIO;
      continue;
    }
    if (line.content_left == 0) {
      line.header_size = 0;
      return -EACCES;
    }
    const std::size_t count = read_content(space, size, deadline(patience));
    return skip_content(deadline(patience)) ? static_cast<int>(count) : -EIO;
  }
  return -ETIMEDOUT;
}
}
