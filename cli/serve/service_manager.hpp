// SPDX-License-Identifier: MIT
//
// Notifications that systemd expects of a service (sd_notify(3)), without its library.

#ifndef ARC_IDENTITY_CLI_SERVE_SERVICE_MANAGER_HPP
#define ARC_IDENTITY_CLI_SERVE_SERVICE_MANAGER_HPP

namespace arc_identity_cli {

/// Sends "READY=1" or the like to the socket that NOTIFY_SOCKET names, if it names one.
void notify_service_manager(const char* state);

}  // namespace arc_identity_cli

#endif  // ARC_IDENTITY_CLI_SERVE_SERVICE_MANAGER_HPP
