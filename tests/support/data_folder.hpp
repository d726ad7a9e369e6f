// SPDX-License-Identifier: MIT
//
// The cases under tests/data, where a new case is a new file. Files are text; what cannot be seen
// in one is spelled out:
//
//   <00 ff>       the bytes of these hexadecimal numbers
//   <300*abc>     "abc", 300 times
//
// and with `escapes::backslash`
//
//   \r \n \t      carriage return, line feed, tab
//
// A line feed in the file is ignored, so that long texts can be broken into lines.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace test {

struct data_file {
  std::string name;
  std::string text;
};

/// The files of the folder tests/data/`folder`, sorted by name.
inline std::vector<data_file> read_data_folder(const std::string& folder) {
  std::vector<data_file> files;
  std::error_code error;
  const std::filesystem::path path = std::filesystem::path(ARC_IDENTITY_TEST_DATA) / folder;
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    std::ifstream file(entry.path(), std::ios::binary);
    files.push_back(
        {entry.path().filename().string(), std::string(std::istreambuf_iterator<char>(file), {})});
  }
  std::sort(files.begin(), files.end(),
            [](const data_file& a, const data_file& b) { return a.name < b.name; });
  return files;
}

enum class escapes { brackets_only, backslash };

namespace detail {

/// The text between < and >: "COUNT*TEXT", or hexadecimal numbers.
inline std::string expand(const std::string& inside) {
  std::string bytes;
  const std::size_t star = inside.find('*');
  if (star != std::string::npos) {
    for (unsigned long i = std::strtoul(inside.c_str(), nullptr, 10); i != 0; --i) {
      bytes += inside.substr(star + 1);
    }
    return bytes;
  }
  for (std::size_t at = 0; at < inside.size(); at += 3) {
    bytes += static_cast<char>(std::strtoul(inside.substr(at, 2).c_str(), nullptr, 16));
  }
  return bytes;
}

}  // namespace detail

/// Replaces the escapes in `text` by the bytes that they represent.
inline std::string decode(std::string_view text, escapes form) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '<') {
      const std::size_t end = text.find('>', i);
      bytes += detail::expand(std::string(text.substr(i + 1, end - i - 1)));
      i = end;
    } else if (text[i] == '\\' && form == escapes::backslash) {
      ++i;
      bytes += text[i] == 'r' ? '\r' : text[i] == 'n' ? '\n' : text[i] == 't' ? '\t' : text[i];
    } else if (text[i] != '\n') {
      bytes += text[i];
    }
  }
  return bytes;
}

}  // namespace test
