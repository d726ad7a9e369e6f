// SPDX-License-Identifier: MIT

#include "simulate/simulated_keys.hpp"

#include <fcntl.h>
#include <grp.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace arc_identity_cli {
namespace {

namespace fs = std::filesystem;

void fill_with_random(unsigned char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t got = ::getrandom(bytes, size, 0);
    if (got < 0) {
      if (errno == EINTR) continue;
      std::abort();  // a key that can be guessed is worse than no agent
    }
    bytes += got;
    size -= static_cast<std::size_t>(got);
  }
}

std::string hex(const unsigned char* bytes, std::size_t size) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    text += digits[bytes[i] >> 4];
    text += digits[bytes[i] & 15];
  }
  return text;
}

std::string random_key_text() {
  std::array<unsigned char, 32> bytes{};
  fill_with_random(bytes.data(), bytes.size());
  return hex(bytes.data(), bytes.size());
}

std::string reason() { return std::generic_category().message(errno); }

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// The real agent's keys belong to the group that its clients must join. Without that group, or
// without permission to give a file to it, the key keeps the user's own group.
bool let_group_read(int file) {
  struct group entry {};
  struct group* himds = nullptr;
  char texts[4096];
  ::getgrnam_r("himds", &entry, texts, sizeof texts, &himds);
  if (himds != nullptr && ::fchown(file, static_cast<uid_t>(-1), himds->gr_gid) != 0) return true;
  return ::fchmod(file, 0640) == 0;
}

bool write_key_file(const std::string& path, std::string_view text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) return false;
  const bool complete = write_all(file, text) && let_group_read(file);
  if (::close(file) == 0 && complete) return true;
  ::unlink(path.c_str());
  return false;
}

constexpr const char* temporary_name = "arc-identity-keys-";

fs::path temporary_parent() {
  std::error_code failure;
  const fs::path parent = fs::absolute(fs::temp_directory_path(failure), failure);
  return failure ? fs::path("/tmp") : parent;
}

bool is_own_temporary_directory(const fs::path& path) {
  const std::string name = path.filename().string();
  struct stat status {};
  return name.rfind(temporary_name, 0) == 0 && ::lstat(path.c_str(), &status) == 0 &&
         S_ISDIR(status.st_mode) && status.st_uid == ::geteuid();
}

// Removes the directories of killed runs.
void remove_temporary_directories(const fs::path& parent) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(parent, ignored)) {
    held_directory left_over;
    if (!is_own_temporary_directory(entry.path()) || !left_over.hold(entry.path().string()) ||
        !left_over.take_alone()) {
      continue;
    }
    remove_key_files(entry.path().string());
    ::rmdir(entry.path().c_str());
  }
}

// Returns the directory, or "" with errno.
std::string make_temporary_directory(held_directory& hold) {
  const fs::path parent = temporary_parent();
  remove_temporary_directories(parent);
  std::string path;
  do {  // until it is locked, another process may remove it as a leftover
    path = parent / (std::string(temporary_name) + "XXXXXX");
    if (::mkdtemp(path.data()) == nullptr) return "";
  } while (!hold.hold(path));
  return path;
}

// Made absolute but not resolved: the client compares it with what the user typed.
std::string absolute_directory(const std::string& directory) {
  std::error_code failure;
  std::string path = fs::absolute(directory, failure).lexically_normal().string();
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

bool can_stand_in_a_header(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 32 || c == 127; });
}

// The directory with a separator at its end: a backslash for a client on Windows.
std::string with_separator(const std::string& directory) {
  const char separator =
      directory.find('\\') != std::string::npos && directory[0] != '/' ? '\\' : '/';
  return directory.back() == separator ? directory : directory + separator;
}

}  // namespace

std::string random_guid() {
  std::array<unsigned char, 16> bytes{};
  fill_with_random(bytes.data(), bytes.size());
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);  // version 4, RFC 9562, 5.4
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
  std::string text = hex(bytes.data(), bytes.size());
  for (const std::size_t position : {20u, 16u, 12u, 8u}) text.insert(position, 1, '-');
  return text;
}

simulated_keys::simulated_keys(std::chrono::milliseconds lifetime, std::size_t most)
    : lifetime_(lifetime), most_(std::max<std::size_t>(most, 1)) {}

simulated_keys::~simulated_keys() {
  remove_all();
  if (made_directory_) ::rmdir(directory_.c_str());
}

std::string simulated_keys::open(const std::string& directory, const std::string& realm_directory) {
  if (!directory_.empty()) return "";
  if (!can_stand_in_a_header(realm_directory)) {
    return "the realm directory's name has a control character";
  }
  std::string failure = open_directory(directory);
  if (failure.empty()) {
    realm_prefix_ = with_separator(realm_directory.empty() ? directory_ : realm_directory);
  }
  return failure;
}

std::string simulated_keys::open_directory(const std::string& directory) {
  if (directory.empty()) {
    directory_ = make_temporary_directory(temporary_);
    made_directory_ = !directory_.empty();
    return made_directory_ ? "" : "cannot create a temporary directory: " + reason();
  }
  if (!can_stand_in_a_header(directory)) return "the key directory's name has a control character";

  const std::string path = absolute_directory(directory);
  const bool made = ::mkdir(path.c_str(), 0700) == 0;
  if (!made && errno != EEXIST) return "cannot create the key directory " + path + ": " + reason();
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    return "the key directory " + path + " is not a directory";
  }
  if (::access(path.c_str(), W_OK | X_OK) != 0) {
    return "cannot write to the key directory " + path + ": " + reason();
  }
  directory_ = path;
  made_directory_ = made;
  return "";
}

std::string simulated_keys::issue() {
  const std::string name = random_guid() + ".key";
  key fresh{directory_ + "/" + name, random_key_text(), std::chrono::steady_clock::now()};
  if (!write_key_file(fresh.path, fresh.text)) return "";

  const std::lock_guard<std::mutex> lock(mutex_);
  if (keys_.size() >= most_) remove_oldest();
  keys_.push_back(std::move(fresh));
  return realm_prefix_ + name;
}

bool simulated_keys::redeem(std::string_view text) {
  remove_expired();
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = std::find_if(keys_.begin(), keys_.end(),
                                  [text](const key& candidate) { return candidate.text == text; });
  if (found == keys_.end()) return false;
  ::unlink(found->path.c_str());
  keys_.erase(found);
  return true;
}

void simulated_keys::remove_expired() {
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard<std::mutex> lock(mutex_);
  while (!keys_.empty() && now - keys_.front().made >= lifetime_) remove_oldest();
}

void simulated_keys::remove_all() {
  const std::lock_guard<std::mutex> lock(mutex_);
  while (!keys_.empty()) remove_oldest();
}

void simulated_keys::remove_oldest() {
  ::unlink(keys_.front().path.c_str());
  keys_.pop_front();
}

}  // namespace arc_identity_cli
