// SPDX-License-Identifier: MIT
/// The system's policies for the target platform: `system::socket_transport`, `system::clock`,
/// `system::key_file_reader` and `system::environment`.
#pragma once

#include <arc_identity/system/sighting.hpp>

#if defined(_WIN32)
#include <arc_identity/system/windows/clock.hpp>
#include <arc_identity/system/windows/environment.hpp>
#include <arc_identity/system/windows/key_file_reader.hpp>
#include <arc_identity/system/windows/socket_transport.hpp>
#else
#include <arc_identity/system/posix/clock.hpp>
#include <arc_identity/system/posix/environment.hpp>
#include <arc_identity/system/posix/key_file_reader.hpp>
#include <arc_identity/system/posix/socket_transport.hpp>
#endif
