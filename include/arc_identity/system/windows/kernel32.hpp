// SPDX-License-Identifier: MIT
/// The functions of kernel32.dll that the policies call, declared as in <windows.h> but without
/// including it: that header brings thousands of macros, min, max and ERROR among them, and an
/// older <winsock.h> into every program. A program may include it before or after, or never. Names
/// and values are those of Microsoft's documents; tests/windows/declarations_test.cpp compares
/// them.
#pragma once

#include <cstdint>

#include <arc_identity/core/detail/config.hpp>

struct _BY_HANDLE_FILE_INFORMATION;
struct _FILETIME;
struct _OVERLAPPED;
struct _SECURITY_ATTRIBUTES;

ARC_IDENTITY_BEGIN
namespace detail {
namespace win32 {

using dword = unsigned long;  // DWORD
using handle = void*;         // HANDLE

/// FILETIME: units of 100 ns since 1601.
struct file_time {
  dword low;
  dword high;
};

/// BY_HANDLE_FILE_INFORMATION
struct file_information {
  dword attributes;
  file_time creation_time;
  file_time last_access_time;
  file_time last_write_time;
  dword volume_serial_number;
  dword size_high;
  dword size_low;
  dword number_of_links;
  dword index_high;
  dword index_low;
};

inline constexpr dword generic_read = 0x80000000;
inline constexpr dword file_share_read = 1;
inline constexpr dword file_share_write = 2;
inline constexpr dword file_share_delete = 4;
inline constexpr dword open_existing = 3;
inline constexpr dword file_flag_open_reparse_point = 0x00200000;
inline constexpr dword security_sqos_present = 0x00100000;  // With no more: SECURITY_ANONYMOUS.
inline constexpr dword file_attribute_directory = 0x10;
inline constexpr dword file_attribute_device = 0x40;
inline constexpr dword file_attribute_reparse_point = 0x400;
inline constexpr dword invalid_file_attributes = 0xffffffff;
inline constexpr dword file_type_disk = 1;
inline constexpr unsigned cp_utf8 = 65001;
inline constexpr dword mb_err_invalid_chars = 8;
inline constexpr dword wc_err_invalid_chars = 0x80;

inline constexpr dword error_file_not_found = 2;
inline constexpr dword error_path_not_found = 3;
inline constexpr dword error_too_many_open_files = 4;
inline constexpr dword error_access_denied = 5;
inline constexpr dword error_not_enough_memory = 8;
inline constexpr dword error_sharing_violation = 32;
inline constexpr dword error_lock_violation = 33;
inline constexpr dword error_invalid_name = 123;
inline constexpr dword error_no_system_resources = 1450;

inline handle invalid_handle() noexcept { return reinterpret_cast<handle>(std::intptr_t{-1}); }

extern "C" {
__declspec(dllimport) int __stdcall CloseHandle(handle);
__declspec(dllimport) handle __stdcall CreateFileW(const wchar_t*, dword, dword,
                                                   _SECURITY_ATTRIBUTES*, dword, dword, handle);
__declspec(dllimport) dword __stdcall GetEnvironmentVariableW(const wchar_t*, wchar_t*, dword);
__declspec(dllimport) dword __stdcall GetFileAttributesW(const wchar_t*);
__declspec(dllimport) int __stdcall GetFileInformationByHandle(handle,
                                                               _BY_HANDLE_FILE_INFORMATION*);
__declspec(dllimport) dword __stdcall GetFileType(handle);
__declspec(dllimport) dword __stdcall GetLastError();
__declspec(dllimport) void __stdcall GetSystemTimeAsFileTime(_FILETIME*);
__declspec(dllimport) unsigned long long __stdcall GetTickCount64();
__declspec(dllimport) int __stdcall MultiByteToWideChar(unsigned, dword, const char*, int, wchar_t*,
                                                        int);
__declspec(dllimport) int __stdcall ReadFile(handle, void*, dword, dword*, _OVERLAPPED*);
__declspec(dllimport) void __stdcall Sleep(dword);
__declspec(dllimport) int __stdcall WideCharToMultiByte(unsigned, dword, const wchar_t*, int, char*,
                                                        int, const char*, int*);
}

}  // namespace win32
}  // namespace detail
ARC_IDENTITY_END
