// SPDX-License-Identifier: MIT
/// A process that runs a function until the object is destroyed (POSIX), with a pipe in each
/// direction.
#pragma once

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <functional>
#include <string>

class child_process {
 public:
  /// The child's function; it writes to `out` and reads from `in`.
  using work = std::function<void(int in, int out)>;

  explicit child_process(const work& act) {
    if (::pipe(from_child_) != 0 || ::pipe(to_child_) != 0) return;
    child_ = ::fork();
    if (child_ == 0) {
      ::close(from_child_[0]);
      ::close(to_child_[1]);
      act(to_child_[0], from_child_[1]);
      ::_exit(99);
    }
    ::close(from_child_[1]);
    ::close(to_child_[0]);
  }
  ~child_process() {
    if (child_ > 0) ::kill(child_, SIGKILL);
    if (child_ > 0) ::waitpid(child_, nullptr, 0);
    ::close(from_child_[0]);
    ::close(to_child_[1]);
  }
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  /// Whether it has written a whole value; waits for the rest of a partial one.
  template <class Value>
  bool read(Value& value) const {
    return ::read(from_child_[0], &value, sizeof value) == sizeof value;
  }
  std::string read_line() const {
    std::string line;
    for (char c = 0; read(c) && c != '\n';) line += c;
    return line;
  }
  /// Whether it has written something, or ended, within the time.
  bool has_written(int milliseconds) const {
    pollfd waited{from_child_[0], POLLIN, 0};
    return ::poll(&waited, 1, milliseconds) > 0;
  }
  void write(char byte) const { (void)!::write(to_child_[1], &byte, 1); }

 private:
  int from_child_[2] = {-1, -1};
  int to_child_[2] = {-1, -1};
  pid_t child_ = -1;
};
