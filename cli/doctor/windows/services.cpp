// SPDX-License-Identifier: MIT

#include <winsock2.h>

#include <iphlpapi.h>

#include "doctor/windows/services.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>

#include "windows/handle.hpp"
#include "windows/wide_text.hpp"

namespace arc_identity_cli {
namespace {

using service_handle = std::unique_ptr<SC_HANDLE__, free_with<CloseServiceHandle>>;

/// Adds the listeners of an address family to `found`; false if Windows does not report them.
template <class Table>
bool add_listeners(ULONG family, unsigned short port, std::vector<DWORD>& found) {
  ULONG size = 0;
  GetExtendedTcpTable(nullptr, &size, FALSE, family, TCP_TABLE_OWNER_PID_LISTENER, 0);
  size += 4096;  // More may be added before the next call.
  const std::unique_ptr<char[]> space(new char[size]);
  if (GetExtendedTcpTable(space.get(), &size, FALSE, family, TCP_TABLE_OWNER_PID_LISTENER, 0) !=
      NO_ERROR) {
    return false;
  }
  const Table& table = *reinterpret_cast<const Table*>(space.get());
  for (DWORD i = 0; i < table.dwNumEntries; ++i) {
    const auto& row = table.table[i];
    const bool is_at_port = ntohs(static_cast<unsigned short>(row.dwLocalPort)) == port;
    if (is_at_port && std::find(found.begin(), found.end(), row.dwOwningPid) == found.end()) {
      found.push_back(row.dwOwningPid);
    }
  }
  return true;
}

}  // namespace

service_state state_of_service(const wchar_t* name) {
  const service_handle manager(OpenSCManagerW(nullptr, nullptr, SC_MANAGER_CONNECT));
  if (manager == nullptr) return {GetLastError()};
  const service_handle service(OpenServiceW(manager.get(), name, SERVICE_QUERY_STATUS));
  if (service == nullptr) return {GetLastError()};
  SERVICE_STATUS_PROCESS status{};
  DWORD size = 0;
  if (!QueryServiceStatusEx(service.get(), SC_STATUS_PROCESS_INFO, reinterpret_cast<BYTE*>(&status),
                            sizeof status, &size)) {
    return {GetLastError()};
  }
  return {0, status.dwCurrentState, status.dwProcessId};
}

std::optional<std::vector<DWORD>> listeners_at(unsigned short port) {
  std::vector<DWORD> found;
  const bool is_told = add_listeners<MIB_TCPTABLE_OWNER_PID>(AF_INET, port, found);
  add_listeners<MIB_TCP6TABLE_OWNER_PID>(AF_INET6, port, found);
  if (!is_told) return {};
  return found;
}

std::string name_of_process(DWORD process) {
  const handle opened(OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, process));
  wchar_t path[1024];
  DWORD size = sizeof path / sizeof path[0];
  if (opened == nullptr || !QueryFullProcessImageNameW(opened.get(), 0, path, &size)) {
    return "process " + std::to_string(process);
  }
  return to_utf8({path, size}) + " (process " + std::to_string(process) + ')';
}

}  // namespace arc_identity_cli
