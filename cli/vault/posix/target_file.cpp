// SPDX-License-Identifier: MIT

#include "vault/target_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "vault/delivery.hpp"
#include "vault/failure.hpp"

namespace arc_identity_cli {
namespace {

[[noreturn]] void fail(const std::string& what) {
  throw failure("cannot " + what + ": " + std::generic_category().message(errno));
}

/// The directory, with the slash; empty for the working directory.
std::string directory_of(const std::string& path) { return path.substr(0, path.rfind('/') + 1); }

file_handle open_directory(const std::string& path) {
  const std::string directory = directory_of(path);
  const char* const name = directory.empty() ? "." : directory.c_str();
  file_handle handle(::open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // A directory without read permission can still be used.
  if (!handle.is_open() && errno == EACCES) {
    handle = file_handle(::open(name, O_PATH | O_DIRECTORY | O_CLOEXEC));
  }
  if (!handle.is_open()) fail("create a file next to " + path);
  return handle;
}

/// False if it cannot be read, or is longer than `longest`.
bool read_all(int file, std::size_t longest, arc_identity::secret_text& bytes) {
  char part[4096];
  ssize_t count = 0;
  while ((count = ::read(file, part, sizeof part)) > 0 && bytes.size() <= longest) {
    bytes.append({part, static_cast<std::size_t>(count)});
  }
  arc_identity::wipe(part);
  return count == 0;
}

}  // namespace

target_file::target_file(std::string path, file_access access,
                         std::chrono::steady_clock::time_point end)
    : path_(std::move(path)),
      access_(access),
      name_(path_.substr(directory_of(path_).size())),
      directory_(open_directory(path_)) {
  require_file_or_nothing();
  lock_.emplace(directory_.get(), sibling("lock"), path_, end);
  remove(sibling("new"));
}

target_file::~target_file() {
  if (is_prepared_) ::unlinkat(directory_.get(), sibling("new").c_str(), 0);
}

bool target_file::has(const delivered_content& content) const {
  constexpr std::size_t longest = std::size_t{1} << 22;
  const file_handle file(
      ::openat(directory_.get(), name_.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat status {};
  if (!file.is_open() || ::fstat(file.get(), &status) != 0) return false;
  const bool is_alike = S_ISREG(status.st_mode) && status.st_nlink == 1 &&
                        status.st_uid == access_.owner && status.st_gid == group() &&
                        (status.st_mode & 07777) == access_.mode;
  arc_identity::secret_text existing;
  if (!is_alike || !read_all(file.get(), longest, existing)) return false;
  return existing.view() == content.bytes.view() ||
         (content.is_same != nullptr && content.is_same(existing.view(), content.bytes.view()));
}

void target_file::prepare(std::string_view content) {
  const std::string name = sibling("new");
  const file_handle file(::openat(directory_.get(), name.c_str(),
                                  O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.is_open()) fail("create a file next to " + path_);
  is_prepared_ = true;
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) fail("write " + path_);
  const bool has_owner = status.st_uid == access_.owner && status.st_gid == group();
  if (!has_owner && ::fchown(file.get(), access_.owner, group()) != 0) {
    fail("give " + path_ + " to that owner and group");
  }
  if (::fchmod(file.get(), access_.mode) != 0) fail("set the mode of " + path_);
  if (!write_all(file.get(), content) || ::fsync(file.get()) != 0) fail("write " + path_);
}

void target_file::replace() {
  require_file_or_nothing();
  const int directory = directory_.get();
  if (::renameat(directory, sibling("new").c_str(), directory, name_.c_str()) != 0) {
    fail("put a file at " + path_);
  }
  is_prepared_ = false;
  sync_directory();
}

void target_file::mark_as_changed() {
  const file_handle file(::openat(directory_.get(), sibling("changed").c_str(),
                                  O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600));
  if (!file.is_open()) fail("create a file next to " + path_);
  sync_directory();
}

bool target_file::is_marked_as_changed() const {
  struct stat status {};
  return ::fstatat(directory_.get(), sibling("changed").c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
}

void target_file::unmark() { remove(sibling("changed")); }

std::string target_file::sibling(const char* purpose) const {
  return '.' + name_ + ".arc-identity." + purpose;
}

/// Fails if the path, or the target of a link there, is a directory, a device or a pipe.
void target_file::require_file_or_nothing() const {
  struct stat status {};
  const bool is_there = ::fstatat(directory_.get(), name_.c_str(), &status, 0) == 0;
  if (name_.empty() || (is_there && !S_ISREG(status.st_mode))) {
    throw failure(path_ + " is not a regular file; it was left unchanged");
  }
}

/// The group for the file. In a setgid directory, new files get the directory's group.
gid_t target_file::group() const {
  if (access_.group) return *access_.group;
  struct stat status {};
  const bool hands_down =
      ::fstat(directory_.get(), &status) == 0 && (status.st_mode & S_ISGID) != 0;
  return hands_down ? status.st_gid : ::getegid();
}

void target_file::remove(const std::string& name) const {
  if (::unlinkat(directory_.get(), name.c_str(), 0) != 0 && errno != ENOENT) {
    fail("remove " + name + " next to " + path_);
  }
}

/// Makes new names survive a loss of power. Not every file system supports this.
void target_file::sync_directory() const { ::fsync(directory_.get()); }

}  // namespace arc_identity_cli
