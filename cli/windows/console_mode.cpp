// SPDX-License-Identifier: MIT

#include "windows/console_mode.hpp"

#include <windows.h>

#include <cstdlib>

namespace arc_identity_cli {
namespace {

// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables): a handler needs them.
UINT code_page = 0;  // 0: there is no console
DWORD mode = 0;
bool has_mode = false;
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)

HANDLE standard_error() { return GetStdHandle(STD_ERROR_HANDLE); }

void restore() {
  if (code_page != 0) SetConsoleOutputCP(code_page);
  if (has_mode) SetConsoleMode(standard_error(), mode);
}

BOOL WINAPI restore_before_the_end(DWORD) {
  restore();
  return FALSE;  // The next handler is Windows' own, which ends the program.
}

}  // namespace

void set_console_mode() {
  code_page = GetConsoleOutputCP();
  if (code_page != 0) SetConsoleOutputCP(CP_UTF8);
  has_mode = GetConsoleMode(standard_error(), &mode) != 0;
  if (has_mode) SetConsoleMode(standard_error(), mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
  std::atexit(restore);
  SetConsoleCtrlHandler(restore_before_the_end, TRUE);
}

}  // namespace arc_identity_cli
