// SPDX-License-Identifier: MIT
/// The system's Clock, for the platform that is compiled for.
#pragma once

#if defined(_WIN32)
#error "arc_identity: the system policies do not support Windows yet; core.hpp does"
#else
#include <arc_identity/system/posix/clock.hpp>
#endif
