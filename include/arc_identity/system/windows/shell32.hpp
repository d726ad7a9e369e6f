// SPDX-License-Identifier: MIT
/// The functions of shell32.dll that are called, declared as in <shlobj.h> without including it;
/// see kernel32.hpp.
#pragma once

#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/system/windows/kernel32.hpp>

#if defined(_MSC_VER)
#pragma comment(lib, "shell32.lib")
#endif

struct HWND__;

ARC_IDENTITY_BEGIN
namespace detail {
namespace win32 {

inline constexpr int csidl_common_appdata = 0x23;
inline constexpr int csidl_program_files = 0x26;
inline constexpr int csidl_flag_dont_verify = 0x4000;
inline constexpr dword shgfp_type_current = 0;
inline constexpr dword max_path = 260;

extern "C" {
__declspec(dllimport) long __stdcall SHGetFolderPathW(HWND__*, int, handle, dword, wchar_t*);
}

}  // namespace win32
}  // namespace detail
ARC_IDENTITY_END
