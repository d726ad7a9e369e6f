// SPDX-License-Identifier: MIT
/// Transport over a TCP socket, for the platform that is compiled for.
#pragma once

#if defined(_WIN32)
#error "arc_identity: the system policies do not support Windows yet; core.hpp does"
#else
#include <arc_identity/system/posix/socket_transport.hpp>
#endif
