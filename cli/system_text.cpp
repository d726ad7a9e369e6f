// SPDX-License-Identifier: MIT

#include "system_text.hpp"

#if defined(_WIN32)
#include <windows.h>

#include <cstdio>
#include <string_view>

#include "windows/wide_text.hpp"
#else
#include <system_error>
#endif

namespace arc_identity_cli {

#if defined(_WIN32)

// Not std::system_category(), which in MinGW-w64 only knows errno.
std::string system_text(int error) {
  wchar_t text[512];
  DWORD size = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, nullptr,
                              static_cast<DWORD>(error), 0, text, 512, nullptr);
  while (size > 0 && (text[size - 1] <= L' ' || text[size - 1] == L'.')) --size;
  char number[16];
  std::snprintf(number, sizeof number, error < 0 ? "0x%08X" : "%u", static_cast<unsigned>(error));
  const std::string message = to_utf8(std::wstring_view(text, size));
  return (message.empty() ? "error " : message + " (error ") + number +
         (message.empty() ? "" : ")");
}

#else

std::string system_text(int error) { return std::system_category().message(error); }

#endif

}  // namespace arc_identity_cli
