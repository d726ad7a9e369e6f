// SPDX-License-Identifier: MIT

#include "vault/target_file.hpp"

#include <algorithm>
#include <cstddef>
#include <thread>
#include <utility>

#include "vault/delivery.hpp"
#include "vault/failure.hpp"
#include "windows/wide_text.hpp"

namespace arc_identity_cli {
namespace {

/// The absolute path, in the form that may be longer than MAX_PATH.
std::wstring full_path(const std::string& path) {
  const std::wstring given = to_utf16(path);
  std::wstring full(GetFullPathNameW(given.c_str(), 0, nullptr, nullptr), L'\0');
  full.resize(
      GetFullPathNameW(given.c_str(), static_cast<DWORD>(full.size()), full.data(), nullptr));
  if (full.compare(0, 2, L"\\\\") != 0) return L"\\\\?\\" + full;
  const bool is_share = full.size() > 2 && full[2] != L'?' && full[2] != L'.';
  return is_share ? L"\\\\?\\UNC" + full.substr(1) : full;
}

/// Sets whether Windows removes the file when the handle is closed, however the program ends.
bool remove_when_closed(HANDLE file, bool remove) {
  FILE_DISPOSITION_INFO disposition{static_cast<BOOLEAN>(remove)};
  return SetFileInformationByHandle(file, FileDispositionInfo, &disposition, sizeof disposition) !=
         0;
}

bool write_all(HANDLE file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto size = static_cast<DWORD>(std::min(bytes.size(), std::size_t{1} << 20));
    DWORD count = 0;
    if (!WriteFile(file, bytes.data(), size, &count, nullptr)) return false;
    bytes.remove_prefix(count);
  }
  return true;
}

/// False if it cannot be read, or is longer than `longest`.
bool read_all(HANDLE file, std::size_t longest, arc_identity::secret_text& bytes) {
  char part[4096];
  DWORD count = 0;
  bool is_read = false;
  while ((is_read = ReadFile(file, part, sizeof part, &count, nullptr) != 0) && count > 0 &&
         bytes.size() <= longest) {
    bytes.append({part, count});
  }
  arc_identity::wipe(part);
  return is_read && count == 0;
}

bool is_ordinary(HANDLE file) {
  BY_HANDLE_FILE_INFORMATION found{};
  return GetFileInformationByHandle(file, &found) && found.nNumberOfLinks == 1 &&
         (found.dwFileAttributes &
          (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT | FILE_ATTRIBUTE_READONLY)) == 0;
}

}  // namespace

target_file::target_file(std::string path, file_access access,
                         std::chrono::steady_clock::time_point end)
    : path_(std::move(path)), access_(std::move(access)), full_path_(full_path(path_)) {
  require_file_or_nothing();
  for (;;) {
    lock_ =
        create(sibling(L"lock"), 0, OPEN_ALWAYS, FILE_ATTRIBUTE_HIDDEN | FILE_FLAG_DELETE_ON_CLOSE);
    if (lock_ != nullptr) break;
    if (GetLastError() != ERROR_SHARING_VIOLATION) fail("create a file next to " + path_);
    if (std::chrono::steady_clock::now() >= end) {
      throw failure("another run of arc-identity is writing " + path_ + " and does not finish");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

target_file::~target_file() = default;

bool target_file::has(const delivered_content& content) const {
  constexpr std::size_t longest = std::size_t{1} << 22;
  const handle file = file_handle(CreateFileW(
      full_path_.c_str(), GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
      nullptr, OPEN_EXISTING, FILE_FLAG_OPEN_REPARSE_POINT, nullptr));
  arc_identity::secret_text existing;
  if (file == nullptr || !is_ordinary(file.get()) || !access_.is_of(file.get()) ||
      !read_all(file.get(), longest, existing)) {
    return false;
  }
  return existing.view() == content.bytes.view() ||
         (content.is_same != nullptr && content.is_same(existing.view(), content.bytes.view()));
}

void target_file::prepare(std::string_view content) {
  const std::wstring name = sibling(L"new");
  DeleteFileW(name.c_str());
  new_file_ = create(name, 0, CREATE_NEW, FILE_ATTRIBUTE_NORMAL);
  if (new_file_ == nullptr) fail("create a file next to " + path_);
  if (!remove_when_closed(new_file_.get(), true) || !write_all(new_file_.get(), content) ||
      !FlushFileBuffers(new_file_.get())) {
    fail("write " + path_);
  }
}

void target_file::replace() {
  require_file_or_nothing();
  if (!remove_when_closed(new_file_.get(), false)) fail("write " + path_);
  new_file_.reset();
  if (!MoveFileExW(sibling(L"new").c_str(), full_path_.c_str(),
                   MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH)) {
    const DWORD error = GetLastError();
    DeleteFileW(sibling(L"new").c_str());
    fail("put a file at " + path_, error);
  }
}

void target_file::mark_as_changed() {
  const handle file = create(sibling(L"changed"), 0, OPEN_ALWAYS, FILE_ATTRIBUTE_HIDDEN);
  if (file == nullptr) fail("create a file next to " + path_);
}

bool target_file::is_marked_as_changed() const {
  return GetFileAttributesW(sibling(L"changed").c_str()) != INVALID_FILE_ATTRIBUTES;
}

void target_file::unmark() {
  if (!DeleteFileW(sibling(L"changed").c_str())) fail("remove a file next to " + path_);
}

std::wstring target_file::sibling(const wchar_t* purpose) const {
  return full_path_ + L".arc-identity." + purpose;
}

/// Null on failure (GetLastError). A link is opened, not followed.
handle target_file::create(const std::wstring& name, DWORD sharing, DWORD disposition,
                           DWORD attributes) const {
  SECURITY_ATTRIBUTES security = access_.attributes();
  return file_handle(CreateFileW(name.c_str(), GENERIC_READ | GENERIC_WRITE | DELETE, sharing,
                                 &security, disposition, attributes | FILE_FLAG_OPEN_REPARSE_POINT,
                                 nullptr));
}

/// Fails if the path is a folder or a device.
void target_file::require_file_or_nothing() const {
  const DWORD found = GetFileAttributesW(full_path_.c_str());
  const bool is_folder =
      found != INVALID_FILE_ATTRIBUTES && (found & FILE_ATTRIBUTE_DIRECTORY) != 0;
  if (full_path_.back() == L'\\' || full_path_.compare(0, 4, L"\\\\.\\") == 0 || is_folder) {
    throw failure(path_ + " is not a regular file; it was left unchanged");
  }
}

}  // namespace arc_identity_cli
