// SPDX-License-Identifier: MIT

#include "vault/open_output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <system_error>

#include "vault/failure.hpp"
#include "vault/posix/file_handle.hpp"

namespace arc_identity_cli {
namespace {

[[noreturn]] void fail_to_write(const std::string& place) {
  throw failure("cannot write to " + place + ": " + std::generic_category().message(errno));
}

/// N of /dev/fd/N, 1 of "-"; -1 for other paths.
int descriptor_in(const std::string& place) {
  if (place == "-") return STDOUT_FILENO;
  const std::string_view prefix = "/dev/fd/";
  int descriptor = -1;
  if (place.compare(0, prefix.size(), prefix) != 0) return -1;
  const char* const end = place.data() + place.size();
  const auto parsed = std::from_chars(place.data() + prefix.size(), end, descriptor);
  return parsed.ec == std::errc() && parsed.ptr == end ? descriptor : -1;
}

}  // namespace

bool is_open_output(const std::string& place) {
  ::signal(SIGPIPE, SIG_IGN);  // a closed reader gives a write error
  const int descriptor = descriptor_in(place);
  if (descriptor < 0) return false;
  const int flags = ::fcntl(descriptor, F_GETFL);
  if (flags >= 0 && (flags & O_ACCMODE) == O_RDONLY) errno = EBADF;
  if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY) fail_to_write(place);
  return true;
}

void write_to_open_output(const std::string& place, std::string_view bytes) {
  if (!write_all(descriptor_in(place), bytes)) fail_to_write(place);
}

}  // namespace arc_identity_cli
