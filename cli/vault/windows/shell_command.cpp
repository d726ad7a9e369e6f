// SPDX-License-Identifier: MIT

#include "vault/shell_command.hpp"

#include <cstdio>

#include "system_text.hpp"
#include "windows/handle.hpp"
#include "windows/wide_text.hpp"

namespace arc_identity_cli {
namespace {

std::string last_error_text() {
  return "cannot be started: " + system_text(static_cast<int>(GetLastError()));
}

/// PATH is not searched, because the program runs with this user's rights.
std::wstring shell() {
  wchar_t folder[MAX_PATH];
  const UINT size = GetSystemDirectoryW(folder, MAX_PATH);
  return std::wstring(folder, size < MAX_PATH ? size : 0) + L"\\cmd.exe";
}

/// A job whose processes Windows ends when its last handle is closed.
handle make_job() {
  handle job(CreateJobObjectW(nullptr, nullptr));
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limit{};
  limit.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
  const bool is_set =
      job != nullptr &&
      SetInformationJobObject(job.get(), JobObjectExtendedLimitInformation, &limit, sizeof limit);
  return is_set ? std::move(job) : nullptr;
}

/// Processes that the command leaves running continue.
void let_go(HANDLE job) {
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limit{};
  SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limit, sizeof limit);
}

handle inheritable_nothing() {
  SECURITY_ATTRIBUTES inheritable{sizeof inheritable, nullptr, TRUE};
  return file_handle(CreateFileW(L"NUL", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE,
                                 &inheritable, OPEN_EXISTING, 0, nullptr));
}

handle inheritable_standard_error() {
  HANDLE copy = nullptr;
  DuplicateHandle(GetCurrentProcess(), GetStdHandle(STD_ERROR_HANDLE), GetCurrentProcess(), &copy,
                  0, TRUE, DUPLICATE_SAME_ACCESS);
  return handle(copy);
}

}  // namespace

std::string run_shell_command(const std::string& command, std::chrono::milliseconds limit) {
  std::fflush(stderr);
  const handle job = make_job();
  const handle input = inheritable_nothing();
  const handle output = inheritable_standard_error();
  STARTUPINFOW start{};
  start.cb = sizeof start;
  start.dwFlags = STARTF_USESTDHANDLES;
  start.hStdInput = input.get();
  start.hStdOutput = output.get();
  start.hStdError = output.get();
  const std::wstring program = shell();
  std::wstring line = L"cmd.exe /d /s /c \"" + to_utf16(command) + L'"';
  PROCESS_INFORMATION process{};
  if (job == nullptr || !CreateProcessW(program.c_str(), line.data(), nullptr, nullptr, TRUE,
                                        CREATE_SUSPENDED, nullptr, nullptr, &start, &process)) {
    return last_error_text();
  }
  const handle child(process.hProcess);
  const handle thread(process.hThread);
  AssignProcessToJobObject(job.get(), child.get());
  ResumeThread(thread.get());
  if (WaitForSingleObject(child.get(), static_cast<DWORD>(limit.count())) != WAIT_OBJECT_0) {
    TerminateJobObject(job.get(), 1);
    return "did not end within " + std::to_string(limit.count() / 1000) + " s and was stopped";
  }
  let_go(job.get());
  DWORD code = 0;
  GetExitCodeProcess(child.get(), &code);
  return code == 0 ? "" : "ended with exit code " + std::to_string(static_cast<int>(code));
}

}  // namespace arc_identity_cli
