// SPDX-License-Identifier: MIT
/// The client of this platform: sockets, the system's clocks, real key files, discovery.
#pragma once

#include <arc_identity/core/client.hpp>
#include <arc_identity/core/detail/config.hpp>
#include <arc_identity/instance_metadata.hpp>
#include <arc_identity/system/discovery.hpp>
#include <arc_identity/system/platform.hpp>

ARC_IDENTITY_BEGIN
namespace system {

/// The compile-time settings of this platform's client.
struct traits : default_limits {
  /// Looks for the agent on this machine.
  using discovery = system::discovery;
};

/// Gets tokens from this machine's Arc agent, into the caller's memory. One thread at a time.
class client : public basic_client<socket_transport, clock, key_file_reader, traits> {
 public:
  using basic_client::basic_client;

  /// Gets what the agent reports about the machine; any local user may request it. Time limits,
  /// views and workspace are as for a token, but the workspace must hold the document twice.
  /// Errors: see `get_document`, and `invalid_json` if the response is not metadata.
  result<instance_metadata> get_instance_metadata(mutable_buffer workspace) {
    return get_document<instance_metadata>(workspace);
  }
};

}  // namespace system

#if !defined(ARC_IDENTITY_SEPARATE_COMPILATION)
/// The client of this platform.
using client = system::client;
#endif

ARC_IDENTITY_END
