// SPDX-License-Identifier: MIT

#include "serve/env_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <system_error>

namespace arc_identity_cli {
namespace {

std::string cannot(const char* what, const std::string& path, int error) {
  return std::string("cannot ") + what + ' ' + path + ": " + std::generic_category().message(error);
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(file, text.data(), text.size());
    if (count < 0 && errno != EINTR) return false;
    if (count > 0) text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

/// mkstemp(3) created the file with mode 0600.
bool fill(int file, std::string_view text, std::optional<gid_t> group) {
  if (group && (::fchown(file, static_cast<uid_t>(-1), *group) != 0 || ::fchmod(file, 0640) != 0)) {
    return false;
  }
  return write_all(file, text) && ::fsync(file) == 0;
}

std::string why_not_trusted(const struct stat& status) {
  if (!S_ISREG(status.st_mode)) return "it is not a regular file";
  if (status.st_uid != ::geteuid() && status.st_uid != 0) return "it belongs to another user";
  return (status.st_mode & 022) != 0 ? "other users can write to it" : "";
}

std::string read_all(int file) {
  constexpr std::size_t most = 4096;
  char text[most];
  const ssize_t count = ::read(file, text, most);
  return {text, count > 0 ? static_cast<std::size_t>(count) : 0};
}

command_variables parsed(std::string_view text) {
  command_variables variables;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    const std::size_t equals = line.find('=');
    if (equals != line.npos) variables.emplace(line.substr(0, equals), line.substr(equals + 1));
    text.remove_prefix(line.size() == text.size() ? line.size() : line.size() + 1);
  }
  return variables;
}

}  // namespace

std::string write_env_file(const std::string& path, const command_variables& variables,
                           std::optional<gid_t> group) {
  std::string text;
  for (const std::string& entry : entries_of(variables)) text += entry + '\n';
  std::string temporary = path + ".XXXXXX";
  const int file = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (file < 0) return cannot("write", path, errno);
  const bool is_written =
      fill(file, text, group) && std::rename(temporary.c_str(), path.c_str()) == 0;
  const int failure = errno;
  ::close(file);
  if (is_written) return "";
  ::unlink(temporary.c_str());
  return cannot("write", path, failure);
}

command_variables read_env_file(const std::string& path, std::string& problem) {
  const int file = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (file < 0) {
    if (errno != ENOENT) problem = cannot("read", path, errno);
    return {};
  }
  struct stat status {};
  command_variables variables;
  if (::fstat(file, &status) != 0) {
    problem = cannot("read", path, errno);
  } else {
    const std::string reason = why_not_trusted(status);
    if (reason.empty()) {
      variables = parsed(read_all(file));
    } else {
      problem = path + " is not used: " + reason;
    }
  }
  ::close(file);
  return variables;
}

}  // namespace arc_identity_cli
