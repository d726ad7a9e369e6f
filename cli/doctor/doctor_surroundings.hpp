// SPDX-License-Identifier: MIT
//
// What `arc-identity doctor` examines, which differs between systems.

#ifndef ARC_IDENTITY_CLI_DOCTOR_SURROUNDINGS_HPP
#define ARC_IDENTITY_CLI_DOCTOR_SURROUNDINGS_HPP

#if defined(_WIN32)
#include "doctor/windows/doctor_surroundings.hpp"
#else
#include "doctor/posix/doctor_surroundings.hpp"
#endif

#endif  // ARC_IDENTITY_CLI_DOCTOR_SURROUNDINGS_HPP
