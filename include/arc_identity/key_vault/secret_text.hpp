// SPDX-License-Identifier: MIT
/// Text that is wiped when destroyed: a secret from a vault, or a message that holds one.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/config.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

/// An allocator that wipes memory before it frees it, also when a container grows.
template <class T>
struct wiping_allocator {
  using value_type = T;

  wiping_allocator() noexcept = default;
  template <class Other>
  wiping_allocator(const wiping_allocator<Other>&) noexcept {}

  T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
  void deallocate(T* memory, std::size_t count) noexcept {
    wipe({reinterpret_cast<char*>(memory), count * sizeof(T)});
    std::allocator<T>().deallocate(memory, count);
  }

  template <class Other>
  bool operator==(const wiping_allocator<Other>&) const noexcept {
    return true;
  }
  template <class Other>
  bool operator!=(const wiping_allocator<Other>&) const noexcept {
    return false;
  }
};

}  // namespace detail

/// Owns bytes, text or not, and wipes them when it is destroyed, grows or is cleared. Movable only;
/// to copy it, copy its `view()`.
class secret_text {
 public:
  secret_text() noexcept = default;
  /// Copies `bytes`; throws `std::bad_alloc`.
  explicit secret_text(std::string_view bytes) : bytes_(bytes.begin(), bytes.end()) {}
  /// Leaves the other empty.
  secret_text(secret_text&&) noexcept = default;
  /// Wipes the previous content.
  secret_text& operator=(secret_text&&) noexcept = default;
  secret_text(const secret_text&) = delete;
  secret_text& operator=(const secret_text&) = delete;
  ~secret_text() = default;

  /// The secret itself; valid until this object changes or is destroyed.
  std::string_view view() const noexcept { return {bytes_.data(), bytes_.size()}; }
  /// The same, writable, for decoding in place.
  mutable_buffer buffer() noexcept { return bytes_; }
  /// The number of bytes.
  std::size_t size() const noexcept { return bytes_.size(); }
  /// Whether there are no bytes.
  bool empty() const noexcept { return bytes_.empty(); }

  /// Behind what is there; throws `std::bad_alloc`.
  void append(std::string_view bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  /// Behind what is there; throws `std::bad_alloc`.
  void push_back(char byte) { bytes_.push_back(byte); }
  /// Wipes it.
  void clear() noexcept { *this = secret_text{}; }

  /// Shows only whether there is a secret, never the secret.
  template <class Stream>
  friend auto operator<<(Stream& stream, const secret_text& text)
      -> decltype(stream << std::declval<const char*>()) {
    return stream << (text.empty() ? "secret_text(none)" : "secret_text(secret)");
  }

 private:
  std::vector<char, detail::wiping_allocator<char>> bytes_;
};

ARC_IDENTITY_END
