// SPDX-License-Identifier: MIT
/// How many handles the process has open (POSIX). A test compares two counts, each taken when no
/// thread opens or closes any: an agent in a thread of the test has ended before.
#pragma once

#include <fcntl.h>

/// Of those below 256, and a test has fewer.
inline int open_handles() {
  int count = 0;
  for (int handle = 0; handle < 256; ++handle) count += ::fcntl(handle, F_GETFD) >= 0 ? 1 : 0;
  return count;
}
