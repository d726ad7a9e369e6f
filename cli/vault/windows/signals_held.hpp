// SPDX-License-Identifier: MIT

#ifndef ARC_IDENTITY_CLI_VAULT_WINDOWS_SIGNALS_HELD_HPP
#define ARC_IDENTITY_CLI_VAULT_WINDOWS_SIGNALS_HELD_HPP

#include <windows.h>

#include <atomic>
#include <cstdlib>

namespace arc_identity_cli {

/// Holds back Ctrl+C and Ctrl+Break while it exists, so that neither ends the program while a
/// temporary file exists. It does not hold back closing the window and logging off; the next run
/// removes the file.
class signals_held {
 public:
  signals_held() {
    interrupted() = false;
    SetConsoleCtrlHandler(on_event, TRUE);
  }
  ~signals_held() {
    SetConsoleCtrlHandler(on_event, FALSE);
    if (interrupted()) std::exit(static_cast<int>(STATUS_CONTROL_C_EXIT));
  }
  signals_held(const signals_held&) = delete;
  signals_held& operator=(const signals_held&) = delete;

 private:
  static std::atomic<bool>& interrupted() {
    static std::atomic<bool> has_come{false};
    return has_come;
  }
  static BOOL WINAPI on_event(DWORD event) {
    if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT) return FALSE;
    interrupted() = true;
    return TRUE;
  }
};

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_VAULT_WINDOWS_SIGNALS_HELD_HPP
