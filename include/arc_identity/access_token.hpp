// SPDX-License-Identifier: MIT
/// An access token, shared by its copies and wiped when the last copy is destroyed.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <new>
#include <string_view>
#include <utility>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/config.hpp>

ARC_IDENTITY_BEGIN

/// A bearer token (RFC 6750). Immutable; a copy only increments a counter. Views are valid as long
/// as any copy exists.
class access_token {
 public:
  /// No token: all views are empty.
  access_token() noexcept = default;
  /// A copy shares the secret.
  access_token(const access_token& other) noexcept : text_(other.text_) {
    if (text_ != nullptr) text_->owners.fetch_add(1, std::memory_order_relaxed);
  }
  /// Leaves `other` empty.
  access_token(access_token&& other) noexcept : text_(std::exchange(other.text_, nullptr)) {}
  /// Releases the previous token.
  access_token& operator=(access_token other) noexcept {
    std::swap(text_, other.text_);
    return *this;
  }
  ~access_token() { release(); }

  /// Copies the texts; `expires_on` is the time since 1970. The token is `empty()` if there is no
  /// memory for it.
  static access_token make(std::string_view secret, std::string_view resource,
                           std::chrono::seconds expires_on) noexcept {
    const std::size_t size = scheme.size() + secret.size() + resource.size();
    void* const memory = ::operator new(sizeof(shared_text) + size, std::nothrow);
    if (memory == nullptr) return {};
    access_token token;
    token.text_ = ::new (memory) shared_text(secret.size(), resource.size(), expires_on);
    char* to = token.text_->begin();
    for (const std::string_view part : {scheme, secret, resource}) {
      detail::copy_secret(to, part);
      to += part.size();
    }
    return token;
  }

  /// Whether there is no token.
  bool empty() const noexcept { return text_ == nullptr; }

  /// The token itself. Anyone who has it can act as the identity until it expires.
  std::string_view secret() const noexcept {
    return part(scheme.size(), empty() ? 0 : text_->secret_size);
  }

  /// The value of an `Authorization` field: "Bearer " and the token (RFC 6750, 2.1).
  std::string_view authorization() const noexcept {
    return part(0, empty() ? 0 : scheme.size() + text_->secret_size);
  }

  /// The resource that the token is for, as requested.
  std::string_view resource() const noexcept {
    return empty() ? std::string_view{}
                   : part(scheme.size() + text_->secret_size, text_->resource_size);
  }

  /// When the token expires, by the clock of the service that issued it.
  std::chrono::system_clock::time_point expires_on() const noexcept {
    using time_point = std::chrono::system_clock::time_point;
    constexpr auto latest =
        std::chrono::duration_cast<std::chrono::seconds>((time_point::max)().time_since_epoch());
    if (empty()) return {};
    return time_point(text_->expires_on < latest ? text_->expires_on : latest);
  }

  /// Shows only whether there is a token, never the token.
  template <class Stream>
  friend auto operator<<(Stream& stream, const access_token& token)
      -> decltype(stream << std::declval<const char*>()) {
    return stream << (token.empty() ? "access_token(none)" : "access_token(secret)");
  }

 private:
  static constexpr std::string_view scheme = "Bearer ";

  struct shared_text {
    shared_text(std::size_t secret, std::size_t resource, std::chrono::seconds end) noexcept
        : secret_size(secret), resource_size(resource), expires_on(end) {}
    char* begin() noexcept { return reinterpret_cast<char*>(this + 1); }

    std::atomic<std::size_t> owners{1};
    std::size_t secret_size;
    std::size_t resource_size;
    std::chrono::seconds expires_on;
  };

  std::string_view part(std::size_t at, std::size_t size) const noexcept {
    return empty() ? std::string_view{} : std::string_view(text_->begin() + at, size);
  }

  void release() noexcept {
    if (text_ == nullptr || text_->owners.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    wipe({text_->begin(), scheme.size() + text_->secret_size});
    text_->~shared_text();
    ::operator delete(text_);
  }

  shared_text* text_ = nullptr;
};

ARC_IDENTITY_END
