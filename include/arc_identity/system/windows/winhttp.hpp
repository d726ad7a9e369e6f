// SPDX-License-Identifier: MIT
/// The functions of winhttp.dll and others that key_vault/winhttp.hpp calls, declared as in
/// <winhttp.h>, <wincrypt.h> and <windows.h> without including them; see kernel32.hpp.
#pragma once

#include <cstdint>

#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/system/windows/kernel32.hpp>

#if defined(_MSC_VER)
#pragma comment(lib, "winhttp.lib")
#pragma comment(lib, "crypt32.lib")
#endif

struct _CERT_CONTEXT;
struct HINSTANCE__;

ARC_IDENTITY_BEGIN
namespace detail {
namespace win32 {

using internet = void*;  // HINTERNET
#if defined(_WIN64)
using dword_ptr = unsigned long long;  // DWORD_PTR
#else
using dword_ptr = unsigned long;  // DWORD_PTR
#endif
using procedure = std::intptr_t(__stdcall*)();  // FARPROC
using winhttp_callback = void(__stdcall*)(internet, dword_ptr, dword, void*, dword);

/// WINHTTP_ASYNC_RESULT
struct winhttp_async_result {
  dword_ptr function;
  dword error;
};

/// WINHTTP_PROXY_INFO
struct winhttp_proxy_info {
  dword access_type;
  wchar_t* proxy;
  wchar_t* bypass;
};

inline constexpr dword winhttp_access_type_default_proxy = 0;
inline constexpr dword winhttp_access_type_named_proxy = 3;
inline constexpr dword winhttp_access_type_automatic_proxy = 4;
inline constexpr dword winhttp_flag_async = 0x10000000;
inline constexpr dword winhttp_flag_escape_disable = 0x40;
inline constexpr dword winhttp_flag_secure = 0x00800000;
inline constexpr dword winhttp_addreq_flag_add = 0x20000000;
inline constexpr dword winhttp_addreq_flag_replace = 0x80000000;

inline constexpr dword winhttp_option_context_value = 45;
inline constexpr dword winhttp_option_client_cert_context = 47;
inline constexpr dword winhttp_option_disable_feature = 63;
inline constexpr dword winhttp_option_server_cert_context = 78;
inline constexpr dword winhttp_option_secure_protocols = 84;
inline constexpr dword winhttp_disable_cookies = 1;
inline constexpr dword winhttp_disable_redirects = 2;
inline constexpr dword winhttp_disable_authentication = 4;
inline constexpr dword winhttp_flag_secure_protocol_tls1_2 = 0x0800;
inline constexpr dword winhttp_flag_secure_protocol_tls1_3 = 0x2000;

inline constexpr dword winhttp_query_content_length = 5;
inline constexpr dword winhttp_query_status_code = 19;
inline constexpr dword winhttp_query_raw_headers_crlf = 22;
inline constexpr dword winhttp_query_flag_number = 0x20000000;

inline constexpr dword winhttp_callback_status_connecting_to_server = 0x4;
inline constexpr dword winhttp_callback_status_connected_to_server = 0x8;
inline constexpr dword winhttp_callback_status_handle_closing = 0x800;
inline constexpr dword winhttp_callback_status_secure_failure = 0x10000;
inline constexpr dword winhttp_callback_status_headers_available = 0x20000;
inline constexpr dword winhttp_callback_status_read_complete = 0x80000;
inline constexpr dword winhttp_callback_status_request_error = 0x200000;
inline constexpr dword winhttp_callback_status_sendrequest_complete = 0x400000;
inline constexpr dword winhttp_callback_status_flag_cert_rev_failed = 0x01;
inline constexpr dword winhttp_callback_status_flag_invalid_cert = 0x02;
inline constexpr dword winhttp_callback_status_flag_cert_revoked = 0x04;
inline constexpr dword winhttp_callback_status_flag_invalid_ca = 0x08;
inline constexpr dword winhttp_callback_status_flag_cert_cn_invalid = 0x10;
inline constexpr dword winhttp_callback_status_flag_cert_date_invalid = 0x20;
inline constexpr dword winhttp_callback_status_flag_cert_wrong_usage = 0x40;

inline constexpr dword error_winhttp_timeout = 12002;
inline constexpr dword error_winhttp_invalid_url = 12005;
inline constexpr dword error_winhttp_name_not_resolved = 12007;
inline constexpr dword error_winhttp_cannot_connect = 12029;
inline constexpr dword error_winhttp_connection_error = 12030;
inline constexpr dword error_winhttp_secure_cert_date_invalid = 12037;
inline constexpr dword error_winhttp_secure_cert_cn_invalid = 12038;
inline constexpr dword error_winhttp_secure_invalid_ca = 12045;
inline constexpr dword error_winhttp_secure_cert_rev_failed = 12057;
inline constexpr dword error_winhttp_invalid_server_response = 12152;
inline constexpr dword error_winhttp_secure_channel_error = 12157;
inline constexpr dword error_winhttp_secure_invalid_cert = 12169;
inline constexpr dword error_winhttp_secure_cert_revoked = 12170;
inline constexpr dword error_winhttp_secure_failure = 12175;
inline constexpr dword error_winhttp_secure_cert_wrong_usage = 12179;

// MinGW's <winhttp.h> has no dllimport, and GCC warns where declarations differ in that.
#if defined(__MINGW32__)
#define ARC_IDENTITY_WINHTTP_IMPORT
#else
#define ARC_IDENTITY_WINHTTP_IMPORT __declspec(dllimport)
#endif
extern "C" {
ARC_IDENTITY_WINHTTP_IMPORT int __stdcall WinHttpAddRequestHeaders(internet, const wchar_t*, dword,
                                                                   dword);
ARC_IDENTITY_WINHTTP_IMPORT int __stdcall WinHttpCloseHandle(internet);
ARC_IDENTITY_WINHTTP_IMPORT internet __stdcall WinHttpConnect(internet, const wchar_t*,
                                                              unsigned short, dword);
ARC_IDENTITY_WINHTTP_IMPORT internet __stdcall WinHttpOpen(const wchar_t*, dword, const wchar_t*,
                                                           const wchar_t*, dword);
ARC_IDENTITY_WINHTTP_IMPORT internet __stdcall WinHttpOpenRequest(internet, const wchar_t*,
                                                                  const wchar_t*, const wchar_t*,
                                                                  const wchar_t*, const wchar_t**,
                                                                  dword);
ARC_IDENTITY_WINHTTP_IMPORT int __stdcall WinHttpQueryHeaders(internet, dword, const wchar_t*,
                                                              void*, dword*, dword*);
ARC_IDENTITY_WINHTTP_IMPORT int __stdcall WinHttpQueryOption(internet, dword, void*, dword*);
ARC_IDENTITY_WINHTTP_IMPORT int __stdcall WinHttpReadData(internet, void*, dword, dword*);
ARC_IDENTITY_WINHTTP_IMPORT int __stdcall WinHttpReceiveResponse(internet, void*);
ARC_IDENTITY_WINHTTP_IMPORT int __stdcall WinHttpSendRequest(internet, const wchar_t*, dword, void*,
                                                             dword, dword, dword_ptr);
ARC_IDENTITY_WINHTTP_IMPORT int __stdcall WinHttpSetOption(internet, dword, void*, dword);
ARC_IDENTITY_WINHTTP_IMPORT winhttp_callback __stdcall WinHttpSetStatusCallback(internet,
                                                                                winhttp_callback,
                                                                                dword, dword_ptr);
ARC_IDENTITY_WINHTTP_IMPORT int __stdcall WinHttpSetTimeouts(internet, int, int, int, int);
__declspec(dllimport) HINSTANCE__* __stdcall GetModuleHandleW(const wchar_t*);
__declspec(dllimport) procedure __stdcall GetProcAddress(HINSTANCE__*, const char*);
__declspec(dllimport) void* __stdcall GlobalFree(void*);
__declspec(dllimport) int __stdcall CertFreeCertificateContext(const _CERT_CONTEXT*);
}
#undef ARC_IDENTITY_WINHTTP_IMPORT

}  // namespace win32
}  // namespace detail
ARC_IDENTITY_END
