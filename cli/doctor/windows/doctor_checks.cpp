// SPDX-License-Identifier: MIT

#include "doctor/doctor_checks.hpp"

#include <windows.h>

#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arc_identity/core/endpoint.hpp>
#include <arc_identity/system/client.hpp>

#include "doctor/windows/services.hpp"
#include "system_text.hpp"
#include "windows/handle.hpp"
#include "windows/wide_text.hpp"

namespace arc_identity_cli {
namespace {

using status = finding_status;

constexpr const char* start_agent =
    "Start the agent in an elevated PowerShell: Start-Service himds; its log: "
    "Log\\himds.log in ProgramData\\AzureConnectedMachineAgent";
constexpr const char* join_group =
    "Run this elevated (as administrator), or add the user to the group: Add-LocalGroupMember "
    "-Group \"Hybrid Agent Extension Applications\" -Member USER, and log on again (a service: "
    "restart it)";

/// A variable of this process; empty if it is not set.
std::string variable(const char* name) {
  wchar_t value[2048];
  const DWORD size = GetEnvironmentVariableW(to_utf16(name).c_str(), value, 2048);
  return size < 2048 ? to_utf8({value, size}) : "";
}

/// A machine-wide variable, which new logons and services get.
std::string machine_variable(const char* name) {
  wchar_t value[2048];
  DWORD size = sizeof value;
  const LSTATUS error = RegGetValueW(
      HKEY_LOCAL_MACHINE, L"SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment",
      to_utf16(name).c_str(), RRF_RT_REG_SZ, nullptr, value, &size);
  return error == ERROR_SUCCESS ? to_utf8(value) : "";
}

/// What is known before the checks begin.
struct machine_facts {
  explicit machine_facts(const doctor_surroundings& arguments);
  machine_facts(const machine_facts&) = delete;
  machine_facts& operator=(const machine_facts&) = delete;

  bool is_known() const { return !endpoint.empty(); }
  std::optional<arc_identity::options> settings(const std::string& url) const {
    if (!is_known()) return {};
    return settings_for(here, url, key_directory);
  }

  const doctor_surroundings& here;
  std::string endpoint{};  ///< Empty if the agent was not found.
  std::string imds_endpoint{};
  std::string key_directory{};
  arc_identity::error missing{{{}, ""}};  ///< Why it was not found.
  unsigned short port = 0;
  service_state service = state_of_service(L"himds");
  std::optional<std::vector<DWORD>> listeners{};
  std::optional<asked_metadata> metadata{};
};

machine_facts::machine_facts(const doctor_surroundings& arguments) : here(arguments) {
  arc_identity::options options;
  options.endpoint = here.endpoint;
  options.key_directory = here.key_directory;
  arc_identity::system::discovery discovery;
  const auto failure = discovery.find(options);
  const auto parsed = arc_identity::endpoint::parse(discovery.endpoint());
  if (failure.what != nullptr) {
    missing = arc_identity::error(failure);
  } else if (!parsed) {
    missing = parsed.error();
  } else {
    endpoint = discovery.endpoint();
    imds_endpoint = discovery.imds_endpoint();
    port = parsed->address(0).port;
    listeners = listeners_at(port);
  }
  key_directory = discovery.key_directory();
  metadata.emplace(settings(imds_endpoint),
                   [] { return std::chrono::seconds(std::time(nullptr)); });
}

// --- Where the agent is ---

/// This process has older variables than the machine if it was started before they changed.
finding check_variables(const machine_facts& facts) {
  constexpr const char* name = "variables";
  constexpr const char* new_shell =
      "Open a new shell, or log on again (a service: restart it): a process keeps the variables "
      "that it was started with";
  const std::string here = variable("IDENTITY_ENDPOINT");
  const std::string machine = machine_variable("IDENTITY_ENDPOINT");
  const std::string of_machine = "the machine-wide variable IDENTITY_ENDPOINT is " + machine;
  const bool is_app_service = !here.empty() && !variable("IDENTITY_HEADER").empty();
  if (!facts.is_known()) {
    finding none = problem(name, facts.missing);
    if (here.empty() && !machine.empty()) {
      none.found += "; but " + of_machine;
      none.advice = new_shell;
    } else if (none.exit_code == exit_not_arc && !is_app_service) {
      none.advice = "Connect the machine (azcmagent connect), or use --endpoint";
    }
    return none;
  }
  if (!facts.here.endpoint.empty()) {
    return {name, status::ok, "given with --endpoint: " + facts.endpoint, ""};
  }
  if (here.empty()) {
    const std::string found =
        "not in this environment; the agent is installed, so its default is used: " +
        facts.endpoint;
    if (machine.empty()) return {name, status::note, found, ""};
    return {name, status::note, found + "; " + of_machine, new_shell};
  }
  const std::string found = "IDENTITY_ENDPOINT and IMDS_ENDPOINT are set: " + here;
  if (machine.empty() || machine == here) return {name, status::ok, found, ""};
  return {name, status::note, found + "; but " + of_machine, new_shell};
}

// --- The agent ---

const char* state_text(DWORD state) {
  switch (state) {
    case SERVICE_STOPPED: return "is stopped";
    case SERVICE_START_PENDING: return "is starting";
    case SERVICE_STOP_PENDING: return "is stopping";
    case SERVICE_PAUSED: return "is paused";
    default: return "is not running";
  }
}

finding check_agent(const machine_facts& facts) {
  constexpr const char* name = "agent";
  const service_state& service = facts.service;
  if (service.error == 0 && service.state == SERVICE_RUNNING) {
    const std::string found = "the service himds is running";
    if (facts.is_known()) return {name, status::ok, found, ""};
    return {name, status::note, found + ", but its endpoint is unknown", ""};
  }
  if (service.error == 0) {
    return {name, status::problem, std::string("the service himds ") + state_text(service.state),
            start_agent};
  }
  const auto executable = arc_identity::system::environment().look_at(
      arc_identity::system::environment::agent_executable);
  const std::string file = std::string("AzureConnectedMachineAgent\\himds.exe ") +
                           (executable.is_there ? "is in the folder Program Files"
                                                : "is not in the folder Program Files");
  if (service.error != ERROR_SERVICE_DOES_NOT_EXIST) {
    return {name, status::note,
            "Windows does not report the state of the service himds: " +
                system_text(static_cast<int>(service.error)) + "; " + file,
            ""};
  }
  return {name, executable.is_there ? status::problem : status::note,
          "there is no service himds; " + file, executable.is_there ? "Reinstall the agent" : ""};
}

/// Whether a process other than the agent listens; false if Windows names none.
bool has_other_listener(const machine_facts& facts) {
  if (!facts.listeners || facts.service.process == 0) return false;
  for (const DWORD each : *facts.listeners) {
    if (each != 0 && each != facts.service.process) return true;
  }
  return false;
}

finding check_listener(const machine_facts& facts) {
  constexpr const char* name = "listener";
  if (!facts.is_known()) return unknown(name);
  const std::string port = "port " + std::to_string(facts.port);
  if (!facts.listeners)
    return {name, status::note, "Windows does not show which process listens on " + port, ""};
  if (facts.listeners->empty()) {
    return {name, status::problem, "nothing is listening on " + port, start_agent};
  }
  std::string names;
  for (const DWORD each : *facts.listeners) {
    const bool is_agent = each != 0 && each == facts.service.process;
    names += (names.empty() ? "" : ", ") +
             (is_agent    ? "the service himds"
              : each == 0 ? std::string("a process that Windows does not identify")
                          : name_of_process(each));
  }
  const std::string found = names + " listens on " + port;
  if (!has_other_listener(facts)) return {name, status::ok, found, ""};
  return {name, status::problem, found + ", which is not the agent",
          "Find out what it is (Get-NetTCPConnection -LocalPort " + std::to_string(facts.port) +
              ") and stop it: it may be trying to get your key"};
}

// --- The keys ---

/// Tries to open it: nothing else shows the combined effect of the access control list, groups and
/// UAC.
DWORD error_of_opening(const std::wstring& path, DWORD access) {
  const handle opened = file_handle(
      CreateFileW(path.c_str(), access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                  nullptr, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, nullptr));
  return opened != nullptr ? 0 : GetLastError();
}

/// Finds a key in the directory that this user has no permission to read. Returns the error; 0 if
/// there is no such key.
DWORD error_of_keys(const std::wstring& directory, std::string& key) {
  WIN32_FIND_DATAW found{};
  const HANDLE search = FindFirstFileW((directory + L"\\*.key").c_str(), &found);
  if (search == INVALID_HANDLE_VALUE) return 0;
  const std::unique_ptr<void, free_with<FindClose>> owner(search);
  do {
    const std::wstring path = directory + L'\\' + found.cFileName;
    const DWORD error = error_of_opening(path, GENERIC_READ);
    if (error == ERROR_ACCESS_DENIED) {
      key = to_utf8(path);
      return error;
    }
  } while (FindNextFileW(search, &found));
  return 0;
}

finding check_key_directory(const machine_facts& facts) {
  constexpr const char* name = "key directory";
  const std::string& path = facts.key_directory;
  const std::wstring wide = to_utf16(path);
  const DWORD error = error_of_opening(wide, FILE_LIST_DIRECTORY);
  if (error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND) {
    return {name, status::note, path + " does not exist yet", "The agent creates it when it runs"};
  }
  if (error == ERROR_ACCESS_DENIED) {
    return {name, status::problem, "this user cannot read " + path, join_group, exit_denied};
  }
  if (error != 0) {
    return {name, status::problem,
            path + " cannot be accessed: " + system_text(static_cast<int>(error)), ""};
  }
  std::string key;
  if (error_of_keys(wide, key) != 0) {
    return {name, status::problem, "this user cannot read " + key, join_group, exit_denied};
  }
  return {name, status::ok, "this user can read " + path, ""};
}

/// Whether this process has a group's rights; none if the group does not exist.
std::optional<bool> is_member(PSID group) {
  BOOL member = FALSE;
  if (group == nullptr || !CheckTokenMembership(nullptr, group, &member)) return {};
  return member != FALSE;
}

std::optional<bool> is_administrator() {
  alignas(SID) unsigned char sid[SECURITY_MAX_SID_SIZE];
  DWORD size = sizeof sid;
  return is_member(CreateWellKnownSid(WinBuiltinAdministratorsSid, nullptr, sid, &size) ? sid
                                                                                        : nullptr);
}

std::optional<bool> is_in_agents_group() {
  alignas(SID) unsigned char sid[SECURITY_MAX_SID_SIZE];
  DWORD size = sizeof sid;
  wchar_t domain[512];
  DWORD domain_size = 512;
  SID_NAME_USE use{};
  return is_member(LookupAccountNameW(nullptr, L"Hybrid Agent Extension Applications", sid, &size,
                                      domain, &domain_size, &use)
                       ? sid
                       : nullptr);
}

/// Whether this is an administrator's token without administrator rights, made by User Account
/// Control.
bool is_filtered() {
  HANDLE opened = nullptr;
  if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &opened)) return false;
  const handle token(opened);
  TOKEN_ELEVATION_TYPE type{};
  DWORD size = sizeof type;
  return GetTokenInformation(token.get(), TokenElevationType, &type, size, &size) != 0 &&
         type == TokenElevationTypeLimited;
}

/// Never a problem, because the check of the key directory tries to read the keys.
finding check_groups(const machine_facts&) {
  constexpr const char* name = "groups";
  const std::optional<bool> administrator = is_administrator();
  const std::optional<bool> in_group = is_in_agents_group();
  const std::string absent =
      in_group ? "" : "; this machine has no group \"Hybrid Agent Extension Applications\"";
  if (administrator.value_or(false)) {
    return {name, status::ok, "this process has administrator rights" + absent, ""};
  }
  if (in_group.value_or(false)) {
    return {name, status::ok, "this user is in \"Hybrid Agent Extension Applications\"", ""};
  }
  if (is_filtered()) {
    return {name, status::note,
            "this user is an administrator, but User Account Control has removed those rights from "
            "this process" +
                absent,
            join_group};
  }
  return {name, status::note,
          "this user is neither an administrator nor in \"Hybrid Agent Extension Applications\"" +
              absent,
          join_group};
}

// --- The surroundings, and a whole exchange ---

finding check_metadata(const machine_facts& facts) { return facts.metadata->check(); }

finding check_clock(const machine_facts& facts) {
  return facts.metadata->check_clock("Set the clock (w32tm /resync)");
}

finding check_proxy(const machine_facts&) { return check_proxies(variable); }

finding check_token(const machine_facts& facts) {
  constexpr const char* name = "token";
  if (!facts.is_known()) return unknown(name);
  if (has_other_listener(facts)) {
    return {name, status::note, "not tried: the program listening on the port would get the key",
            ""};
  }
  return check_exchange(*facts.settings(facts.endpoint), facts.here);
}

}  // namespace

std::vector<finding> examine(const doctor_surroundings& here) {
  const machine_facts facts(here);
  std::vector<finding> findings;
  for (const auto check :
       {check_variables, check_agent, check_listener, check_metadata, check_key_directory,
        check_groups, check_clock, check_proxy, check_token}) {
    findings.push_back(check(facts));
  }
  return findings;
}

}  // namespace arc_identity_cli
