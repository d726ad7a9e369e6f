// SPDX-License-Identifier: MIT
//
// Where the agent is, and whether it runs.

#include <filesystem>
#include <string>
#include <system_error>

#include <arc_identity/core/errc.hpp>
#include <arc_identity/system/platform.hpp>

#include "doctor/agent_checks.hpp"
#include "doctor/posix/machine_checks.hpp"
#include "system_text.hpp"

namespace arc_identity_cli {
namespace {

namespace sys = arc_identity::system;
using origin = doctor_location::origin;
using status = finding_status;

/// For an agent found by the two variables. The drop-in, which services see, should agree with
/// them.
finding check_environment(const machine_facts& facts) {
  constexpr const char* name = "variables";
  const std::string& endpoint = facts.location.endpoint;
  const std::string found =
      "IDENTITY_ENDPOINT and IMDS_ENDPOINT are in the environment: " + endpoint;
  // A systemd service sees the drop-in and not these variables.
  doctor_surroundings service = facts.here;
  service.variable = [](const char*) { return std::string(); };
  const doctor_location theirs = locate(service);
  const bool has_no_drop_in = theirs.from == origin::executable ||
                              theirs.error.code() == arc_identity::errc::not_arc_server;
  if (has_no_drop_in || theirs.endpoint == endpoint) return {name, status::ok, found, ""};
  return {name, status::note,
          found + "; " + sys::environment::drop_in + ", which systemd services see, differs",
          "If the two variables are outdated, unset them"};
}

/// For an agent found by its executable: there are no variables.
finding check_default(const machine_facts& facts) {
  const std::string drop_in = sys::environment::drop_in;
  char space[1];
  const int error = facts.here.read(drop_in, space).system_error;
  const std::string nowhere = error == 0 ? "neither in the environment nor in " + drop_in
                                         : "not in the environment, and " + drop_in +
                                               " cannot be read (" + system_text(error) + ')';
  return {"variables", status::note,
          nowhere + "; the agent is installed, so its default is used: " + facts.location.endpoint,
          error == 0 ? "" : "Run as root to see whether that file names another endpoint"};
}

finding describe_location(const machine_facts& facts) {
  constexpr const char* name = "variables";
  const doctor_location& found = facts.location;
  switch (found.from) {
    case origin::arguments:
      return {name, status::ok, "given with --endpoint: " + found.endpoint, ""};
    case origin::variables: return check_environment(facts);
    case origin::drop_in:
      return {name, status::note,
              "not in this environment, but in " + std::string(sys::environment::drop_in) +
                  ", which systemd services see but login shells do not: " + found.endpoint,
              "This program reads that file. For other programs: export IDENTITY_ENDPOINT=" +
                  found.endpoint + " IMDS_ENDPOINT=" + found.imds_endpoint};
    case origin::executable: return check_default(facts);
    case origin::nowhere: break;
  }
  finding none = problem(name, found.error);
  const bool is_app_service = !facts.here.variable("IDENTITY_HEADER").empty();
  if (found.error.code() != arc_identity::errc::not_arc_server || is_app_service) return none;
  none.advice = facts.is_container()
                    ? std::string(
                          "In a container, set IDENTITY_ENDPOINT and "
                          "IMDS_ENDPOINT as on the host. ") +
                          container_remedy
                    : "Connect the machine (azcmagent connect), or use --endpoint; "
                      "169.254.169.254 is never used";
  return none;
}

}  // namespace

finding check_variables(const machine_facts& facts) {
  finding found = describe_location(facts);
  const bool is_reported = found.found.find("variables are ignored") != std::string::npos;
  if (facts.here.ignores_variables && !is_reported) {
    found.found +=
        "; environment variables are ignored in a program with more privileges than its caller "
        "(AT_SECURE)";
  }
  return found;
}

namespace {

/// The id of a process named himds; empty if none is visible.
std::string agent_process(const doctor_surroundings& here) {
  std::error_code failure;
  const std::filesystem::directory_iterator processes(here.root + "/proc", failure);
  if (failure) return "";
  for (const auto& entry : processes) {
    std::string id = entry.path().filename().string();
    if (id.find_first_not_of("0123456789") != std::string::npos) continue;
    if (here.content_of("/proc/" + id + "/comm") == "himds\n") return id;
  }
  return "";
}

/// Whether /proc hides other users' processes (hidepid in proc(5)). Process 1 always exists.
bool hides_processes(const doctor_surroundings& here) {
  if (!here.look_at("/proc").is_there) return true;
  return !here.content_of("/proc/self/comm").empty() && here.content_of("/proc/1/comm").empty();
}

}  // namespace

finding check_agent(const machine_facts& facts) {
  constexpr const char* name = "agent";
  const std::string executable = sys::environment::agent_executable;
  const std::string process = agent_process(facts.here);
  if (!process.empty()) {
    const std::string found = "himds is running as process " + process;
    if (facts.location.is_known()) return {name, status::ok, found, ""};
    return {name, status::note, found + ", but its endpoint is unknown",
            "If it is the Azure Arc agent, give its --endpoint"};
  }
  if (hides_processes(facts.here)) {
    return {name, status::note,
            "/proc hides other users' processes, so it is unknown whether himds is running",
            "Run as root to find out"};
  }
  const sys::sighting seen = facts.here.look_at(executable);
  if (seen.is_there) {
    return {name, status::problem, executable + " exists, but himds is not running", start_agent};
  }
  if (seen.system_error != 0) {
    return {name, status::note,
            "himds is not running, and " + executable +
                " cannot be accessed: " + system_text(seen.system_error),
            "Run as root to find out"};
  }
  const std::string found = executable + " does not exist, and himds is not running";
  if (facts.is_container()) {
    return {name, status::note, found + " here; the host's agent is not visible in a container",
            ""};
  }
  if (facts.location.from == origin::drop_in) {
    return {name, status::problem,
            found + ", but " + sys::environment::drop_in +
                " exists: the agent may have been uninstalled",
            "Reinstall the agent, or remove that file"};
  }
  return {name, status::note, found,
          facts.location.is_known() ? "Check that the program at the endpoint is the agent" : ""};
}

}  // namespace arc_identity_cli
