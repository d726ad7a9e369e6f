// SPDX-License-Identifier: MIT
// The key file reader on real files, valid and malicious.

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <arc_identity/core/policies.hpp>
#include <arc_identity/system/platform.hpp>

#include "support/open_handles.hpp"
#include "support/temporary_directory.hpp"

namespace {

using arc_identity::key_file_result;
using arc_identity::key_file_status;
using arc_identity::max_key_bytes;

/// While this object exists, each read(2) of this thread gives the next of these results: a number
/// of bytes, 0 for the end, or a negative error. After the last one, it behaves as usual.
class scripted_reads {
 public:
  explicit scripted_reads(std::vector<int> results) { script() = std::move(results); }
  ~scripted_reads() { script().clear(); }
  scripted_reads(const scripted_reads&) = delete;
  scripted_reads& operator=(const scripted_reads&) = delete;

  static std::size_t left() { return script().size(); }

  static ssize_t read(int handle, void* space, std::size_t size) {
    if (script().empty()) return ::syscall(SYS_read, handle, space, size);
    const int next = script().front();
    script().erase(script().begin());
    if (next >= 0) return ::syscall(SYS_read, handle, space, static_cast<std::size_t>(next));
    errno = -next;
    return -1;
  }

 private:
  static std::vector<int>& script() {
    thread_local std::vector<int> results;
    return results;
  }
};

constexpr std::size_t space_bytes = max_key_bytes + 1;

struct outcome {
  key_file_result result;
  std::string content;
};

outcome read(const std::string& path, std::size_t size = space_bytes) {
  std::string space(size, '\0');
  const key_file_result result = arc_identity::system::key_file_reader().read(path.c_str(), space);
  if (result.status != key_file_status::ok) {
    CHECK(result.size == 0);
    CHECK(space == std::string(size, '\0'));
    return {result, ""};
  }
  REQUIRE(result.size <= size);
  return {result, space.substr(0, result.size)};
}

key_file_status status(const std::string& path) { return read(path).result.status; }

/// Reads the file as nobody, in a child process. Returns the status, or -1 if the child died.
int status_as_nobody(const std::string& path, std::string& remedy) {
  int channel[2];
  REQUIRE(::pipe(channel) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    constexpr uid_t nobody = 65534;
    if (::geteuid() == 0 && (::setegid(nobody) != 0 || ::seteuid(nobody) != 0)) ::_exit(99);
    char space[space_bytes];
    const key_file_result result =
        arc_identity::system::key_file_reader().read(path.c_str(), space);
    const char* const text = result.remedy == nullptr ? "" : result.remedy;
    if (::write(channel[1], text, std::strlen(text)) < 0) ::_exit(98);
    ::_exit(static_cast<int>(result.status));
  }
  ::close(channel[1]);
  char text[512];
  for (ssize_t count = 0; (count = ::read(channel[0], text, sizeof text)) > 0;) {
    remedy.append(text, static_cast<std::size_t>(count));
  }
  ::close(channel[0]);
  int ended = 0;
  REQUIRE(::waitpid(child, &ended, 0) == child);
  return WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
}

}  // namespace

/// Replaces the C library's function.
extern "C" ssize_t read(int handle, void* space, std::size_t size) {
  return scripted_reads::read(handle, space, size);
}

TEST_CASE("key file: regular files of each length are read whole") {
  const temporary_directory directory;
  for (const std::size_t size :
       {std::size_t{1}, std::size_t{100}, max_key_bytes - 1, max_key_bytes}) {
    const std::string content(size, 'k');
    const outcome got = read(directory.write("a.key", content));
    CHECK(got.result.status == key_file_status::ok);
    CHECK(got.content == content);
  }
}

TEST_CASE("key file: no free descriptor gives busy") {
  const temporary_directory directory;
  const std::string path = directory.write("a.key", "key");
  key_file_result result;
  {
    const no_more_handles guard;
    char space[space_bytes] = {};
    result = arc_identity::system::key_file_reader().read(path.c_str(), space);
  }
  CHECK(result.status == key_file_status::busy);
  CHECK(result.system_error == EMFILE);
  CHECK(read(path).content == "key");
}

TEST_CASE("key file: an empty file gives success with no bytes") {
  const temporary_directory directory;
  const outcome got = read(directory.write("a.key", ""));
  CHECK(got.result.status == key_file_status::ok);
  CHECK(got.content.empty());
}

TEST_CASE("key file: a file longer than the buffer fills the buffer") {
  const temporary_directory directory;
  for (const std::size_t size : {max_key_bytes + 1, max_key_bytes + 2, std::size_t{1'000'000}}) {
    const outcome got = read(directory.write("a.key", std::string(size, 'k')));
    CHECK(got.result.status == key_file_status::ok);
    CHECK(got.content.size() == space_bytes);
  }
  const outcome got = read(directory.write("a.key", std::string(100, 'k')), 10);
  CHECK(got.result.status == key_file_status::ok);
  CHECK(got.content == std::string(10, 'k'));
  CHECK(read(directory.write("a.key", "k"), 0).result.size == 0);
}

TEST_CASE("key file: short and interrupted reads still give the whole file") {
  const temporary_directory directory;
  const std::string path = directory.write("a.key", "0123456789");
  {
    const scripted_reads reads({3, 1, -EINTR, -EINTR, 6});
    CHECK(read(path).content == "0123456789");
    CHECK(scripted_reads::left() == 0);  // Once the file's size is read, no further call is made.
  }
  const scripted_reads reads(std::vector<int>(99, -EINTR));
  CHECK(read(path).content == "0123456789");
}

TEST_CASE("key file: a read that fails halfway leaves no bytes in the buffer") {
  const temporary_directory directory;
  const std::string path = directory.write("a.key", "0123456789");
  const struct {
    std::vector<int> reads;
    key_file_status status;
    int error;
  } cases[] = {{{-EIO}, key_file_status::failed, EIO},
               {{4, -EIO}, key_file_status::failed, EIO},
               {{4, -ENOMEM}, key_file_status::busy, ENOMEM},
               {{4, 0}, key_file_status::invalid, 0},
               {std::vector<int>(1000, -EINTR), key_file_status::failed, EINTR}};
  for (const auto& one : cases) {
    const scripted_reads reads(one.reads);
    const outcome got = read(path);  // The failing call checks for more bytes.
    CHECK(got.result.status == one.status);
    CHECK(got.result.system_error == one.error);
  }
}

TEST_CASE("key file: opened close-on-exec and without acquiring a controlling terminal") {
  const temporary_directory directory;
  const std::string path = directory.write("a.key", "k");
  const int handle = ::dup(0);  // the lowest free number, and so the next one used
  ::close(handle);
  {
    const arc_identity::detail::file file(path.c_str());
    REQUIRE(file.is_open());
    CHECK((::fcntl(handle, F_GETFD) & FD_CLOEXEC) != 0);
  }
  CHECK(::fcntl(handle, F_GETFD) < 0);

  const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
  REQUIRE(terminal >= 0);
  REQUIRE(::grantpt(terminal) == 0);
  REQUIRE(::unlockpt(terminal) == 0);
  const std::string name = ::ptsname(terminal);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::setsid();
    const arc_identity::detail::file file(name.c_str());
    if (!file.is_open()) ::_exit(2);
    ::_exit(::open("/dev/tty", O_RDWR) < 0 ? 0 : 1);
  }
  int ended = 0;
  REQUIRE(::waitpid(child, &ended, 0) == child);
  CHECK(ended == 0);
  ::close(terminal);
}

TEST_CASE("key file: bytes are returned unchanged") {
  const temporary_directory directory;
  const std::string content("\0\r\n\xff k", 6);
  CHECK(read(directory.write("a.key", content)).content == content);
}

TEST_CASE("key file: a missing file gives not_found") {
  const temporary_directory directory;
  CHECK(status(directory.path("a.key")) == key_file_status::not_found);
  CHECK(status(directory.path("no/a.key")) == key_file_status::not_found);
  directory.write("file", "x");
  CHECK(status(directory.path("file/a.key")) == key_file_status::not_found);
  CHECK(read(directory.path("a.key")).result.system_error == ENOENT);
  const std::string vanished = directory.write("b.key", "x");
  std::filesystem::remove(vanished);
  CHECK(status(vanished) == key_file_status::not_found);
}

TEST_CASE("key file: a symbolic link is not followed") {
  const temporary_directory directory;
  const std::string target = directory.write("target", "secret of somebody else");
  std::filesystem::create_symlink(target, directory.path("a.key"));
  std::filesystem::create_symlink(directory.path("nothing"), directory.path("b.key"));
  std::filesystem::create_symlink(directory.path("c.key"), directory.path("c.key"));
  for (const char* const name : {"a.key", "b.key", "c.key"}) {
    const outcome got = read(directory.path(name));
    CHECK(got.result.status == key_file_status::invalid);
    REQUIRE(got.result.reason != nullptr);
    CHECK(std::string(got.result.reason) == "the key file is a symbolic link");
    CHECK(got.result.system_error == 0);  // ELOOP reads as "too many" links.
  }
}

TEST_CASE("key file: a file with a second hard link is refused") {
  const temporary_directory directory;
  const std::string target = directory.write("target", "secret of somebody else");
  CHECK(status(target) == key_file_status::ok);
  std::filesystem::create_hard_link(target, directory.path("a.key"));
  for (const std::string& path : {directory.path("a.key"), target}) {
    const outcome got = read(path);
    CHECK(got.result.status == key_file_status::invalid);
    REQUIRE(got.result.reason != nullptr);
    CHECK(std::string(got.result.reason) == "the key file has more than one hard link");
  }
}

TEST_CASE("key file: the reported owner is that of the opened file") {
  const temporary_directory directory;
  const std::string path = directory.write("a.key", "k");
  CHECK(read(path).result.owner.is_known);
  CHECK(read(path).result.owner.user == ::geteuid());
  CHECK_FALSE(read(directory.path("none.key")).result.owner.is_known);
  if (::geteuid() != 0) return;
  REQUIRE(::chown(path.c_str(), 1234, static_cast<gid_t>(-1)) == 0);
  CHECK(read(path).result.owner.user == 1234);
}

TEST_CASE("key file: anything but a regular file is refused without blocking") {
  const temporary_directory directory;
  const auto begin = std::chrono::steady_clock::now();

  std::filesystem::create_directory(directory.path("directory.key"));
  CHECK(status(directory.path("directory.key")) == key_file_status::invalid);

  REQUIRE(::mkfifo(directory.path("fifo.key").c_str(), 0600) == 0);
  CHECK(status(directory.path("fifo.key")) == key_file_status::invalid);

  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = directory.path("socket.key");
  REQUIRE(path.size() < sizeof address.sun_path);
  std::memcpy(address.sun_path, path.c_str(), path.size());
  REQUIRE(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  CHECK(status(path) == key_file_status::invalid);
  ::close(listener);

  CHECK(status("/dev/zero") == key_file_status::invalid);
  CHECK(status("/dev/null") == key_file_status::invalid);
  CHECK(status("/dev/random") == key_file_status::invalid);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(1));
}

TEST_CASE("key file: access denied names the group to join") {
  const temporary_directory directory;
  const std::string file = directory.write("a.key", "k");
  const std::string hidden = directory.write("closed/b.key", "k");
  REQUIRE(::chmod(directory.path().c_str(), 0755) == 0);
  // As root, 0600 is enough, because the child runs as nobody. Otherwise the child runs as the user
  // who runs the test.
  const mode_t mode = ::geteuid() == 0 ? 0600 : 0000;
  REQUIRE(::chmod(file.c_str(), mode) == 0);
  REQUIRE(::chmod(directory.path("closed").c_str(), mode) == 0);
  for (const std::string& path : {file, hidden}) {
    std::string remedy;
    CHECK(status_as_nobody(path, remedy) == static_cast<int>(key_file_status::denied));
    CHECK(remedy.find("group himds") != std::string::npos);
    CHECK(remedy.find("usermod -a -G himds") != std::string::npos);
  }
  REQUIRE(::chmod(directory.path("closed").c_str(), 0700) == 0);
  REQUIRE(::chmod(file.c_str(), 0644) == 0);
  std::string remedy;
  CHECK(status_as_nobody(file, remedy) == static_cast<int>(key_file_status::ok));
  CHECK(remedy.empty());
}

TEST_CASE("key file: a file shorter than its reported size counts as changed") {
  // Files in sysfs report 4096 bytes and contain fewer, as if they had shrunk.
  const char* const path = "/sys/kernel/uevent_seqnum";
  struct stat state {};
  if (::stat(path, &state) != 0 || state.st_size != 4096) {
    MESSAGE("not tested: there is no " << path << " of 4096 bytes");
    return;
  }
  const outcome got = read(path);
  CHECK(got.result.status == key_file_status::invalid);
  REQUIRE(got.result.reason != nullptr);
  CHECK(std::string(got.result.reason) == "the key file changed while it was being read");
}

TEST_CASE("key file: a constantly changing file is read whole or refused") {
  const temporary_directory directory;
  const std::string path = directory.write("a.key", std::string(10, 'a'));
  std::atomic<bool> stopping{false};
  std::thread writer([&] {
    while (!stopping) {
      std::ofstream(path, std::ios::binary) << std::string(3000, 'b');
      std::ofstream(path, std::ios::binary) << std::string(10, 'a');
    }
  });
  for (int i = 0; i < 2000; ++i) {
    const outcome got = read(path);
    const std::size_t size = got.content.size();
    const bool is_whole =
        size == 0 || got.content == std::string(10, 'a') || got.content == std::string(3000, 'b');
    CHECK(((got.result.status == key_file_status::ok && is_whole) ||
           got.result.status == key_file_status::invalid));
  }
  stopping = true;
  writer.join();
}

TEST_CASE("key file: no descriptor stays open") {
  const temporary_directory directory;
  directory.write("a.key", "k");
  const int before = open_handles();
  status(directory.path("a.key"));
  status(directory.path("none.key"));
  status("/dev/null");
  status(directory.path());
  CHECK(open_handles() == before);
}
