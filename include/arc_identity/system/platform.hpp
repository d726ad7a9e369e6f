// SPDX-License-Identifier: MIT
/// The system's policies for the platform that is compiled for: `system::socket_transport`,
/// `system::clock`, `system::key_file_reader` and `system::environment`.
#pragma once

#if defined(_WIN32)
#error "arc_identity: the system policies do not support Windows yet; core.hpp does"
#else
#include <arc_identity/system/posix/clock.hpp>
#include <arc_identity/system/posix/environment.hpp>
#include <arc_identity/system/posix/key_file_reader.hpp>
#include <arc_identity/system/posix/socket_transport.hpp>
#endif
