// SPDX-License-Identifier: MIT
/// The library's version, for the preprocessor and the build.
#pragma once

/// Increased for incompatible changes.
#define ARC_IDENTITY_VERSION_MAJOR 0
/// Increased for additions; while the major version is 0, also for incompatible changes.
#define ARC_IDENTITY_VERSION_MINOR 1
/// Increased for fixes.
#define ARC_IDENTITY_VERSION_PATCH 0
/// All three, as a string.
#define ARC_IDENTITY_VERSION "0.1.0"
