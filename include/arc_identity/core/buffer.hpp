// SPDX-License-Identifier: MIT
/// Views of bytes: what is sent, and where received bytes go. Neither owns its memory.
#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <utility>

#include <arc_identity/core/detail/config.hpp>

ARC_IDENTITY_BEGIN

/// Bytes to read.
using const_buffer = std::string_view;

/// Bytes to write. Made from a `char` array or from any container with `data()` and `size()`.
class mutable_buffer {
 public:
  constexpr mutable_buffer() noexcept = default;
  /// `size` bytes from `data`, which must outlive this.
  constexpr mutable_buffer(char* data, std::size_t size) noexcept : data_(data), size_(size) {}

  /// A whole array.
  template <std::size_t Size>
  constexpr mutable_buffer(char (&array)[Size]) noexcept : data_(array), size_(Size) {}

  /// All of a container that is not const, such as a vector of `char`.
  template <class Container,
            class = std::enable_if_t<
                !std::is_same_v<Container, mutable_buffer> &&
                std::is_convertible_v<decltype(std::declval<Container&>().data()), char*>>>
  constexpr mutable_buffer(Container& container) noexcept
      : data_(container.data()), size_(container.size()) {}

  /// The first byte.
  constexpr char* data() const noexcept { return data_; }
  /// In bytes.
  constexpr std::size_t size() const noexcept { return size_; }
  /// Whether `size()` is 0.
  constexpr bool empty() const noexcept { return size_ == 0; }
  /// The first byte.
  constexpr char* begin() const noexcept { return data_; }
  /// One past the last byte.
  constexpr char* end() const noexcept { return data_ + size_; }

  /// The first `count` bytes; `count` is at most `size()`.
  constexpr mutable_buffer first(std::size_t count) const noexcept { return {data_, count}; }
  /// What follows the first `count` bytes; `count` is at most `size()`.
  constexpr mutable_buffer after(std::size_t count) const noexcept {
    return {data_ + count, size_ - count};
  }

 private:
  char* data_ = nullptr;
  std::size_t size_ = 0;
};

/// Overwrites a secret with zeros; the optimiser cannot remove the writes. Use it on the workspace
/// of a client or a handshake once the token is no longer needed.
inline void wipe(mutable_buffer secret) noexcept {
  if (secret.empty()) return;
#if defined(__GNUC__)
  std::memset(secret.data(), 0, secret.size());
  __asm__ __volatile__("" : : "r"(secret.data()) : "memory");
#else
  volatile char* const bytes = secret.data();
  for (std::size_t i = 0; i < secret.size(); ++i) bytes[i] = 0;
#endif
}

namespace detail {

/// The part of `memory` that `view` covers; `view` lies inside `memory`.
inline mutable_buffer writable(mutable_buffer memory, std::string_view view) noexcept {
  return {memory.data() + (view.data() - memory.data()), view.size()};
}

/// Copies a secret so that no part of it stays in the wide registers that memcpy uses: the dynamic
/// linker saves those on the stack, unwiped, when it binds the next function. The ranges may
/// overlap if `to` is the lower address.
inline void copy_secret(char* to, const char* from, std::size_t size) noexcept {
  volatile char* bytes = to;
  for (; size != 0; --size) *bytes++ = *from++;
}

inline void copy_secret(char* to, std::string_view secret) noexcept {
  copy_secret(to, secret.data(), secret.size());
}

/// Data that is not secret is copied the fastest way.
inline void copy(char* to, std::string_view text) noexcept {
#if ARC_IDENTITY_PREFERS_SIZE
  copy_secret(to, text);
#else
  if (!text.empty()) std::memcpy(to, text.data(), text.size());
#endif
}

/// The same from the end: the ranges may overlap if `to` is the higher address.
inline void copy_up(char* to, const char* from, std::size_t size) noexcept {
  volatile char* const bytes = to;
  for (; size != 0; --size) bytes[size - 1] = from[size - 1];
}

}  // namespace detail

ARC_IDENTITY_END
