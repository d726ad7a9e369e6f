// SPDX-License-Identifier: MIT
// Key files, and other objects that may be in their place.

#include <algorithm>
#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <arc_identity/core/policies.hpp>
#include <arc_identity/system/platform.hpp>

#include "temporary_folder.hpp"

namespace {

using arc_identity::key_file_result;
using arc_identity::key_file_status;
using arc_identity::system::key_file_reader;

/// Reads into as much space as the handshake has: one byte more than the longest key.
struct reading {
  explicit reading(const std::string& path)
      : result(key_file_reader().read(path.c_str(), space)), text(space, result.size) {}

  bool leaves_nothing() const {
    return std::all_of(std::begin(space), std::end(space), [](char c) { return c == '\0'; });
  }

  char space[arc_identity::max_key_bytes + 1] = {};
  key_file_result result;
  std::string text;
};

std::string_view text_of(const char* text) { return text == nullptr ? "" : text; }

/// Opens the file and keeps it open, with the given sharing.
class open_file {
 public:
  open_file(const std::string& path, DWORD access, DWORD sharing)
      : handle_(CreateFileW(to_wide(path).c_str(), access, sharing, nullptr, OPEN_EXISTING, 0,
                            nullptr)) {
    REQUIRE(handle_ != INVALID_HANDLE_VALUE);
  }
  ~open_file() { CloseHandle(handle_); }
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;

 private:
  HANDLE handle_;
};

/// A pipe that waits for a client.
class named_pipe {
 public:
  explicit named_pipe(DWORD access)
      : path_("\\\\.\\pipe\\arc_identity." + std::to_string(GetCurrentProcessId())),
        handle_(CreateNamedPipeW(to_wide(path_).c_str(), access, PIPE_TYPE_BYTE, 1, 4096, 4096, 0,
                                 nullptr)) {
    REQUIRE(handle_ != INVALID_HANDLE_VALUE);
  }
  ~named_pipe() { CloseHandle(handle_); }
  named_pipe(const named_pipe&) = delete;
  named_pipe& operator=(const named_pipe&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
  HANDLE handle_;
};

}  // namespace

TEST_CASE("key file, Windows: a file is read whole and unchanged") {
  const temporary_folder folder;
  for (const std::size_t size : {1U, 2U, 64U, 4095U, 4096U}) {
    CAPTURE(size);
    std::string key(size, 'k');
    key.back() = '\n';
    const reading got(folder.write("a.key", key));
    CHECK(got.result.status == key_file_status::ok);
    CHECK(got.text == key);
  }
  const reading bytes(folder.write("a.key", "\x1a\r\n\xff\x80"));  // 0x1a ends a text file
  CHECK(bytes.text == "\x1a\r\n\xff\x80");
}

TEST_CASE("key file, Windows: an empty file gives success with no bytes") {
  const temporary_folder folder;
  const reading got(folder.write("a.key", ""));
  CHECK(got.result.status == key_file_status::ok);
  CHECK(got.result.size == 0);
}

TEST_CASE("key file, Windows: a file longer than the buffer fills the buffer") {
  const temporary_folder folder;
  for (const std::size_t size : {4097U, 4098U, 100'000U}) {
    CAPTURE(size);
    const reading got(folder.write("a.key", std::string(size, 'k')));
    CHECK(got.result.status == key_file_status::ok);
    CHECK(got.result.size == 4097);
  }
}

TEST_CASE("key file, Windows: both slashes, each case and non-ASCII names work") {
  const temporary_folder folder;
  const std::string unicode =
      folder.write("\xc3\xbc\xe6\x97\xa5\xf0\x9f\x94\x91\\\xc3\xa9.key", "key");
  CHECK(reading(unicode).text == "key");
  const std::string plain = folder.write("Tokens\\Ab.key", "plain");
  std::string path = plain;
  std::replace(path.begin(), path.end(), '\\', '/');
  CHECK(reading(path).text == "plain");
  CHECK(reading(folder.path("TOKENS\\aB.KEY")).text == "plain");
  CHECK(reading("\\\\?\\" + plain).text == "plain");
}

TEST_CASE("key file, Windows: a missing file gives not_found") {
  const temporary_folder folder;
  for (const char* const name : {"a.key", "no folder\\a.key"}) {
    const reading got(folder.path(name));
    CHECK(got.result.status == key_file_status::not_found);
    CHECK(got.result.system_error != 0);
    CHECK(got.leaves_nothing());
  }
}

TEST_CASE("key file, Windows: a directory is refused") {
  const temporary_folder folder;
  folder.write("a.key\\b.key", "key");
  const reading got(folder.path("a.key"));
  CHECK(got.result.status == key_file_status::invalid);
  CHECK(text_of(got.result.reason) == "the key file is a directory");
}

TEST_CASE("key file, Windows: a file with a second hard link is refused") {
  const temporary_folder folder;
  const std::string target = folder.write("target", "secret of somebody else");
  REQUIRE(CreateHardLinkW(to_wide(folder.path("a.key")).c_str(), to_wide(target).c_str(),
                          nullptr) != 0);
  const reading got(folder.path("a.key"));
  CHECK(got.result.status == key_file_status::invalid);
  CHECK(text_of(got.result.reason) == "the key file has more than one hard link");
}

TEST_CASE("key file, Windows: a link is not followed") {
  const temporary_folder folder;
  const std::string target = folder.write("secret.txt", "secret");
  const std::wstring link = to_wide(folder.path("a.key"));
  constexpr DWORD allow_unprivileged_create = 2;
  CreateSymbolicLinkW(link.c_str(), to_wide(target).c_str(), allow_unprivileged_create);
  if (GetFileAttributesW(link.c_str()) == INVALID_FILE_ATTRIBUTES) {
    MESSAGE("not tested: no symbolic link can be made here");
    return;
  }
  const reading got(folder.path("a.key"));
  CHECK(got.result.status == key_file_status::invalid);
  CHECK(text_of(got.result.reason) == "the key file is a link");
  CHECK(got.leaves_nothing());
}

TEST_CASE("key file, Windows: a device or pipe is refused without blocking") {
  const named_pipe pipe(PIPE_ACCESS_DUPLEX);
  const reading piped(pipe.path());
  CHECK(piped.result.status == key_file_status::invalid);
  CHECK(piped.leaves_nothing());
  CHECK(reading("\\\\.\\NUL").result.status == key_file_status::invalid);
}

TEST_CASE("key file, Windows: a directory, device or link is recognized by its attributes") {
  using arc_identity::detail::file;
  using arc_identity::detail::file_kind;
  for (const DWORD regular : {DWORD{FILE_ATTRIBUTE_NORMAL}, DWORD{FILE_ATTRIBUTE_ARCHIVE}, DWORD{0},
                              DWORD{FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN}}) {
    CHECK(file::kind_of(regular) == file_kind::regular);
    CHECK(file::kind_of(regular | FILE_ATTRIBUTE_DIRECTORY) == file_kind::other);
    CHECK(file::kind_of(regular | FILE_ATTRIBUTE_DEVICE) == file_kind::other);
    CHECK(file::kind_of(regular | FILE_ATTRIBUTE_REPARSE_POINT) == file_kind::link);
    CHECK(file::kind_of(regular | FILE_ATTRIBUTE_REPARSE_POINT | FILE_ATTRIBUTE_DIRECTORY) ==
          file_kind::link);
  }
}

TEST_CASE("key file, Windows: access denied names the group to join") {
  // A pipe that only its server reads cannot be opened for reading; creating one needs no
  // privileges.
  const named_pipe pipe(PIPE_ACCESS_INBOUND);
  const reading got(pipe.path());
  CHECK(got.result.status == key_file_status::denied);
  CHECK(got.result.system_error == ERROR_ACCESS_DENIED);
  CHECK(text_of(got.result.remedy).find("administrator") != std::string_view::npos);
  CHECK(text_of(got.result.remedy).find("Hybrid Agent Extension Applications") !=
        std::string_view::npos);
}

TEST_CASE("key file, Windows: a file opened exclusively by another program") {
  const temporary_folder folder;
  const std::string path = folder.write("a.key", "key");
  {
    const open_file exclusive(path, GENERIC_READ, 0);
    const reading got(path);
    CHECK(got.result.status == key_file_status::busy);
    CHECK(got.result.system_error == ERROR_SHARING_VIOLATION);
    CHECK(text_of(got.result.reason) == "another program has the key file open exclusively");
  }
  const open_file writer(path, GENERIC_WRITE | DELETE,
                         FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE);
  CHECK(reading(path).text == "key");
}

TEST_CASE("key file, Windows: only an absolute Windows path is opened") {
  const temporary_folder folder;
  const std::string path = folder.write("a.key", "key");
  const std::string without_drive = path.substr(2);
  std::string with_slashes = without_drive;
  std::replace(with_slashes.begin(), with_slashes.end(), '\\', '/');
  for (const std::string& other : {std::string("a.key"), std::string(), without_drive, with_slashes,
                                   path.substr(0, 2) + "a.key", std::string("1:\\a.key"),
                                   std::string("//./NUL"), std::string("C:")}) {
    CAPTURE(other);
    const reading got(other);
    CHECK(got.result.status == key_file_status::invalid);
    CHECK(text_of(got.result.reason).find("absolute Windows path") != std::string_view::npos);
    CHECK(got.leaves_nothing());
  }
}

TEST_CASE("key file, Windows: a path that is not UTF-8 or is too long is not found") {
  const temporary_folder folder;
  CHECK(reading(folder.path("\xff.key")).result.status == key_file_status::failed);
  const reading too_long(folder.path(std::string(2000, 'a') + ".key"));
  CHECK(too_long.result.status == key_file_status::failed);
  CHECK(too_long.result.system_error == ERROR_INSUFFICIENT_BUFFER);
}

TEST_CASE("key file, Windows: no handle stays open") {
  const temporary_folder folder;
  const std::string path = folder.write("a.key", "key");
  CHECK(reading(path).text == "key");
  const open_file exclusive(path, GENERIC_READ | GENERIC_WRITE, 0);
}
