// SPDX-License-Identifier: MIT
/// A folder that exists as long as the object (Windows). All paths are UTF-8.
#pragma once

#include <windows.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

inline std::wstring to_wide(std::string_view text) {
  const int count = static_cast<int>(text.size());
  std::wstring wide(text.size(), L'\0');
  const int size = MultiByteToWideChar(CP_UTF8, 0, text.data(), count, wide.data(),
                                       static_cast<int>(wide.size()));
  wide.resize(static_cast<std::size_t>(size));
  return wide;
}

class temporary_folder {
 public:
  temporary_folder() {
    static std::atomic<int> count{0};
    path_ = (std::filesystem::temp_directory_path() / "arc_identity.").u8string() +
            std::to_string(GetCurrentProcessId()) + '.' + std::to_string(++count);
    CreateDirectoryW(to_wide(path_).c_str(), nullptr);
  }
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(to_wide(path_), ignored);
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  const std::string& path() const { return path_; }
  std::string path(std::string_view name) const { return path_ + '\\' + std::string(name); }

  /// Writes a file, creating its folders; returns its path.
  std::string write(std::string_view name, std::string_view content) const {
    const std::string full = path(name);
    const std::filesystem::path file(to_wide(full));
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
    return full;
  }

 private:
  std::string path_;
};
