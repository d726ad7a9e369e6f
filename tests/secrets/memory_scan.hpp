// SPDX-License-Identifier: MIT
/// Searches this process's own memory for remnants of secrets (Linux, proc_pid_maps(5)). It stores
/// the secrets only in disguise, so that it does not find itself.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

// The scan reads memory that no C++ object owns any more.
#if defined(__SANITIZE_ADDRESS__)
#define MEMORY_SCAN_IS_POSSIBLE 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define MEMORY_SCAN_IS_POSSIBLE 0
#endif
#endif
#ifndef MEMORY_SCAN_IS_POSSIBLE
#define MEMORY_SCAN_IS_POSSIBLE 1
#endif

/// An ASCII text with each byte changed into a non-ASCII one.
inline std::string disguised(std::string_view secret) {
  std::string text(secret);
  for (char& c : text) c = static_cast<char>(c ^ 0xa5);
  return text;
}

class memory_scan {
 public:
  /// The number of consecutive bytes of the secret, from any position, that count as a remnant.
  /// Fewer may be a machine word in a saved register.
  static constexpr std::size_t shortest_remnant = 16;

  explicit memory_scan(std::string_view disguised_secret) : filter_(filter_size, false) {
    for (std::size_t at = 0; at + part_size <= disguised_secret.size(); ++at) {
      const std::uint64_t part = load(disguised_secret.data() + at);
      parts_.push_back(part);
      filter_[part % filter_size] = true;
    }
    std::sort(parts_.begin(), parts_.end());
  }

  /// Searches all writable memory. Returns where a remnant is and its size in bytes, or an empty
  /// text.
  std::string find() const {
    std::string found;
    std::FILE* const maps = std::fopen("/proc/self/maps", "r");
    char line[512];
    while (maps != nullptr && std::fgets(line, sizeof line, maps) != nullptr) {
      std::uintptr_t begin = 0;
      std::uintptr_t end = 0;
      char access[5] = {};
      int name_at = 0;
      if (std::sscanf(line, "%zx-%zx %4s %*s %*s %*s %n", &begin, &end, access, &name_at) < 3 ||
          std::string_view(access, 2) != "rw") {
        continue;
      }
      find_in(begin, end, line + name_at, found);
    }
    if (maps == nullptr) return "/proc/self/maps cannot be read";
    std::fclose(maps);
    return found;
  }

 private:
  static constexpr std::size_t filter_size = 65521;
  static constexpr std::size_t part_size = sizeof(std::uint64_t);

  static std::uint64_t load(const char* from) {
    std::uint64_t value = 0;
    std::memcpy(&value, from, sizeof value);
    return value;
  }

  bool is_part(std::uint64_t value) const {
    const std::uint64_t disguise = 0xa5a5a5a5a5a5a5a5U;
    value ^= disguise;
    return filter_[value % filter_size] && std::binary_search(parts_.begin(), parts_.end(), value);
  }

  void find_in(std::uintptr_t begin, std::uintptr_t end, const char* name,
               std::string& found) const {
    for (std::uintptr_t at = begin; at + part_size <= end; ++at) {
      const std::uintptr_t first = at;
      while (at + part_size <= end && is_part(load(reinterpret_cast<const char*>(at)))) ++at;
      const std::size_t size = at == first ? 0 : at - first + part_size - 1;
      if (size < shortest_remnant) continue;
      char text[160];
      std::snprintf(text, sizeof text, "%zu bytes at %zx, %zu below the end of %s", size, first,
                    static_cast<std::size_t>(end - first), *name == '\n' ? "memory\n" : name);
      found += text;
    }
  }

  std::vector<std::uint64_t> parts_;
  std::vector<bool> filter_;
};
