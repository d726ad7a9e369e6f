// SPDX-License-Identifier: MIT
// Shared by the fuzz targets: a property that must hold, reading the input, and checks that several
// of them make.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/error.hpp>

namespace fuzz {

/// Aborts if a property does not hold, which libFuzzer reports.
inline void require(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "Does not hold: %s\n", property);
  std::abort();
}

/// The input, read from its front. After its end, all bytes are 0.
class input {
 public:
  input(const std::uint8_t* data, std::size_t size)
      : rest_(reinterpret_cast<const char*>(data), size) {}

  unsigned byte() {
    if (rest_.empty()) return 0;
    const auto first = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    return first;
  }

  /// One of `choices`.
  template <class Choice, std::size_t Count>
  const Choice& pick(const Choice (&choices)[Count]) {
    return choices[byte() % Count];
  }

  /// The next bytes, up to `size` of them.
  std::string_view take(std::size_t size) {
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }

  /// The text before the next line feed, which is dropped.
  std::string_view line() {
    const std::string_view taken = take(rest_.find('\n'));
    byte();
    return taken;
  }

  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

/// A copy in memory of exactly its size, so that AddressSanitizer detects each byte read beyond it.
inline std::vector<char> copy(std::string_view text) { return {text.begin(), text.end()}; }

inline bool lies_inside(std::string_view view, std::string_view whole) {
  return view.data() >= whole.data() && view.size() <= whole.size() &&
         view.data() + view.size() <= whole.data() + whole.size();
}

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

inline bool is_printable(std::string_view text) {
  for (const char c : text) {
    if (c < 0x20 || c > 0x7e) return false;
  }
  return true;
}

inline void require_good_message(const arc_identity::error& error) {
  const std::string_view message = error.message();
  require(!message.empty(), "the message is not empty");
  require(is_printable(message), "the message is printable ASCII");
}

}  // namespace fuzz

/// Called by libFuzzer or replay.cpp with each input.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
