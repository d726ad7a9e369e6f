// SPDX-License-Identifier: MIT
/// One WinHTTP request. It is asynchronous, so that each wait ends at a deadline.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include <arc_identity/core/buffer.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/key_vault/secret_text.hpp>
#include <arc_identity/system/windows/winhttp.hpp>

ARC_IDENTITY_BEGIN
namespace detail {

struct winhttp_close {
  void operator()(void* handle) const noexcept { win32::WinHttpCloseHandle(handle); }
};
using winhttp_handle = std::unique_ptr<void, winhttp_close>;

/// The state that a request shares with WinHTTP's threads. It is destroyed when its owner has
/// released it and WinHTTP has closed the request's handle: until then, an operation that timed out
/// may still write to it.
class winhttp_exchange {
 public:
  using dword = win32::dword;
  using time_point = std::chrono::steady_clock::time_point;

  /// The events that `on_status` is called for.
  static constexpr dword notifications = win32::winhttp_callback_status_connecting_to_server |
                                         win32::winhttp_callback_status_connected_to_server |
                                         win32::winhttp_callback_status_handle_closing |
                                         win32::winhttp_callback_status_secure_failure |
                                         win32::winhttp_callback_status_headers_available |
                                         win32::winhttp_callback_status_read_complete |
                                         win32::winhttp_callback_status_request_error |
                                         win32::winhttp_callback_status_sendrequest_complete;

  /// `authorization` is the value of the `Authorization` field; if it is empty, the request has
  /// none.
  explicit winhttp_exchange(std::string_view authorization) {
    if (authorization.empty()) return;
    for (const std::string_view part : {std::string_view("Authorization: "), authorization}) {
      field_.insert(field_.end(), part.begin(), part.end());
    }
  }
  ~winhttp_exchange() { wipe(space_); }
  winhttp_exchange(const winhttp_exchange&) = delete;
  winhttp_exchange& operator=(const winhttp_exchange&) = delete;

  /// Makes WinHTTP report to `self` about the request `handle`. Returns 0, or the Windows error.
  static dword attach(const std::shared_ptr<winhttp_exchange>& self, void* handle) {
    using namespace win32;
    const winhttp_exchange* context = self.get();
    self->self_ = self;
    if (WinHttpSetOption(handle, winhttp_option_context_value, &context, sizeof context) == 0) {
      const dword error = GetLastError();
      self->self_.reset();
      return error;
    }
    return self->add_field(handle) ? 0 : GetLastError();
  }

  /// Begins an operation and waits until it ends. Returns 0, or the Windows error.
  template <class Begin>
  dword run(time_point end, Begin begin) {
    using namespace win32;
    {
      const std::lock_guard<std::mutex> guard(mutex_);
      is_over_ = false;
    }
    if (begin() == 0) return GetLastError();
    std::unique_lock<std::mutex> guard(mutex_);
    if (!over_.wait_until(guard, end, [this] { return is_over_; })) return error_winhttp_timeout;
    return error_;
  }

  /// The space that a part of the body is read into.
  mutable_buffer space() noexcept { return space_; }
  /// The number of bytes that the last operation read.
  std::size_t count() const noexcept { return count_; }
  /// What is wrong with the certificate: WINHTTP_CALLBACK_STATUS_FLAG_...
  dword security_flags() const noexcept { return security_flags_; }

  /// Adds the field again if it was withheld. Returns whether it did.
  bool has_restored_field(void* handle) {
    const std::lock_guard<std::mutex> guard(mutex_);
    return is_field_withheld_ && add_field(handle);
  }

  static void __stdcall on_status(void* handle, win32::dword_ptr context, dword status, void* info,
                                  dword size) noexcept {
    using namespace win32;
    if (context == 0) return;  // The handle of the session or of the connection.
    winhttp_exchange& self = *reinterpret_cast<winhttp_exchange*>(context);
    switch (status) {
      case winhttp_callback_status_connecting_to_server: self.withhold_field(handle); break;
      case winhttp_callback_status_connected_to_server: self.has_restored_field(handle); break;
      case winhttp_callback_status_secure_failure:
        self.security_flags_ = *static_cast<const dword*>(info);
        break;
      case winhttp_callback_status_sendrequest_complete:
      case winhttp_callback_status_headers_available: self.finish(0, 0); break;
      case winhttp_callback_status_read_complete: self.finish(0, size); break;
      case winhttp_callback_status_request_error:
        self.finish(static_cast<const winhttp_async_result*>(info)->error, 0);
        break;
      case winhttp_callback_status_handle_closing: {
        const std::shared_ptr<winhttp_exchange> last = std::move(self.self_);
        break;
      }
      default: break;
    }
  }

 private:
  using wide_secret = std::vector<wchar_t, wiping_allocator<wchar_t>>;

  void finish(dword error, std::size_t count) noexcept {
    {
      const std::lock_guard<std::mutex> guard(mutex_);
      is_over_ = true;
      error_ = error;
      count_ = count;
    }
    over_.notify_one();
  }

  bool add_field(void* handle) noexcept {
    using namespace win32;
    if (field_.empty()) return true;
    is_field_withheld_ =
        WinHttpAddRequestHeaders(handle, field_.data(), static_cast<dword>(field_.size()),
                                 winhttp_addreq_flag_add | winhttp_addreq_flag_replace) == 0;
    return !is_field_withheld_;
  }

  /// Removes the token from the request until there is a connection: Wine sends all fields to a
  /// proxy with CONNECT.
  void withhold_field(void* handle) noexcept {
    using namespace win32;
    constexpr wchar_t none[] = L"Authorization:";
    const std::lock_guard<std::mutex> guard(mutex_);
    if (field_.empty()) return;
    is_field_withheld_ = WinHttpAddRequestHeaders(handle, none, sizeof none / sizeof *none - 1,
                                                  winhttp_addreq_flag_replace) != 0;
  }

  std::mutex mutex_{};
  std::condition_variable over_{};
  bool is_over_ = false;
  dword error_ = 0;
  std::size_t count_ = 0;
  dword security_flags_ = 0;
  wide_secret field_{};
  bool is_field_withheld_ = false;
  char space_[std::size_t{16} * 1024] = {};
  std::shared_ptr<winhttp_exchange> self_{};  ///< Owned by WinHTTP until the handle is closed.
};

}  // namespace detail
ARC_IDENTITY_END
