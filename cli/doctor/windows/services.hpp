// SPDX-License-Identifier: MIT
//
// What Windows reports about services and the processes that listen on a port.

#ifndef ARC_IDENTITY_CLI_DOCTOR_WINDOWS_SERVICES_HPP
#define ARC_IDENTITY_CLI_DOCTOR_WINDOWS_SERVICES_HPP

#include <windows.h>

#include <optional>
#include <string>
#include <vector>

namespace arc_identity_cli {

struct service_state {
  DWORD error = 0;    ///< ERROR_SERVICE_DOES_NOT_EXIST, or why the state is unknown.
  DWORD state = 0;    ///< SERVICE_RUNNING and others.
  DWORD process = 0;  ///< The process of a running service; 0 if unknown.
};

service_state state_of_service(const wchar_t* name);

/// The processes that listen on a port of this machine's loopback addresses, each once; 0 for an
/// unknown one. None if they cannot be determined.
std::optional<std::vector<DWORD>> listeners_at(unsigned short port);

/// The path of a process's program; "process N" if this user may not query it.
std::string name_of_process(DWORD process);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_DOCTOR_WINDOWS_SERVICES_HPP
