// SPDX-License-Identifier: MIT
/// One request of WinHTTP, asynchronous, so that each wait ends at a deadline.
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

/// What a request and WinHTTP's threads share. It lives until its owner lets go and WinHTTP has
/// closed the request's handle: an operation that took too long may write into it until then.
class winhttp_exchange {
 public:
  using dword = win32::dword;
  using time_point = std::chrono::steady_clock::time_point;

  /// What `on_status` is to be called for.
  static constexpr dword notifications = win32::winhttp_callback_status_connecting_to_server |
                                         win32::winhttp_callback_status_connected_to_server |
                                         win32::winhttp_callback_status_handle_closing |
                                         win32::winhttp_callback_status_secure_failure |
                                         win32::winhttp_callback_status_headers_available |
                                         win32::winhttp_callback_status_read_complete |
                                         win32::winhttp_callback_status_request_error |
                                         win32::winhttp_callback_status_sendrequest_complete;

  /// `authorization` is the value of that field; empty: there is none.
  explicit winhttp_exchange(std::string_view authorization) {
    if (authorization.empty()) return;
    for (const std::string_view part : {std::string_view("Authorization: "), authorization}) {
      field_.insert(field_.end(), part.begin(), part.end());
    }
  }
  ~winhttp_exchange() { wipe(space_); }
  winhttp_exchange(const winhttp_exchange&) = delete;
  winhttp_exchange& operator=(const winhttp_exchange&) = delete;

  /// Makes `self` what WinHTTP reports to about the request `handle`; 0, or what is wrong.
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

  /// Begins an operation and waits until it is over; 0, or what is wrong.
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

  /// Where the bytes of a body go.
  mutable_buffer space() noexcept { return space_; }
  /// How many of them the last operation has read.
  std::size_t count() const noexcept { return count_; }
  /// Of the certificate, WINHTTP_CALLBACK_STATUS_FLAG_...
  dword security_flags() const noexcept { return security_flags_; }

  /// Whether the request went without its field, which it has now.
  bool has_restored_field(void* handle) {
    const std::lock_guard<std::mutex> guard(mutex_);
    return is_field_withheld_ && add_field(handle);
  }

  static void __stdcall on_status(void* handle, win32::dword_ptr context, dword status, void* info,
                                  dword size) noexcept {
    using namespace win32;
    if (context == 0) return;  // A session's handle, or a connection's.
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

  /// While there is no connection a request has no token: Wine sends a proxy all fields with
  /// CONNECT.
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
  std::shared_ptr<winhttp_exchange> self_{};  ///< WinHTTP's share.
};

}  // namespace detail
ARC_IDENTITY_END
