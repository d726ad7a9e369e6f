// SPDX-License-Identifier: MIT
/// The number of handles that the process has open (POSIX). A test compares two counts, each taken
/// while no thread opens or closes any; an agent in a thread of the test must have ended.
#pragma once

#include <fcntl.h>
#include <sys/resource.h>

/// Counts handles below 256; a test has none above.
inline int open_handles() {
  int count = 0;
  for (int handle = 0; handle < 256; ++handle) count += ::fcntl(handle, F_GETFD) >= 0 ? 1 : 0;
  return count;
}

/// While this object exists, the process cannot open files or sockets (EMFILE).
class no_more_handles {
 public:
  no_more_handles() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit none = before_;
    none.rlim_cur = 0;
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~no_more_handles() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  no_more_handles(const no_more_handles&) = delete;
  no_more_handles& operator=(const no_more_handles&) = delete;

 private:
  rlimit before_{};
};
